//! The program from outside: real processes, real directories, real HTTP.
#![cfg(test)]

mod accounts;
mod audit;
mod backup;
mod card;
mod chaos;
mod commands;
mod config;
mod demo;
mod disk;
mod doctor;
mod exit_codes;
mod gateway;
mod memory;
mod offline;
mod orgs;
mod policy;
mod report;
mod sdk;
mod serve;
mod support;
mod upgrade;
