#![allow(missing_docs, clippy::all, clippy::unwrap_used, clippy::disallowed_methods, clippy::float_arithmetic)]
use hansa_store::conformance::Scribe;
use hansa_store::verify::*;
use hansa_store::*;
use std::time::Instant;
fn cpu() -> f64 { let t = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime); t.tv_sec as f64 + t.tv_nsec as f64*1e-9 }
fn main() {
    for (size, total) in [(1u64, 4_000u64), (64, 200_000), (1024, 1_000_000), (8192, 1_000_000)] {
        let dir = tempfile::tempdir_in(std::env::var("D").unwrap_or("/tmp".into())).unwrap();
        let mut store = Store::open(dir.path(), Options::default()).unwrap();
        let mut scribe = Scribe::new();
        let n = total / size;
        let batches: Vec<Batch> = (0..n).map(|_| { let f = scribe.seq()+1; scribe.batch((f..f+size).map(|s| format!("{{\"seq\":{s},\"pad\":\"{}\"}}", "x".repeat(375)))) }).collect();
        let mut j = store.journal().unwrap();
        let (t, c) = (Instant::now(), cpu());
        let mut spare = vec![];
        for b in batches { j.submit(b, Box::new(|o| o.unwrap())); spare.extend(j.recycle()); }
        let (tx, rx) = std::sync::mpsc::channel();
        j.submit(Batch::default(), Box::new(move |_| tx.send(()).unwrap()));
        rx.recv().unwrap();
        let (e, ce) = (t.elapsed().as_secs_f64(), cpu()-c);
        let st = j.stats();
        let r = std::sync::atomic::Ordering::Relaxed;
        j.close().unwrap();
        let bytes = std::fs::metadata(dir.path().join("journal.db")).unwrap().len();
        println!("batch {size}: {:.0}/s, cpu {:.3} us/entry, commit mean {:.0}us max {:.1}ms, ckpts {} last {:.1}ms, db bytes/entry {}", (n*size) as f64 / e, ce*1e6/(n*size) as f64,
            st.commit_ns_sum.load(r) as f64/1e3/st.commits.load(r) as f64, st.commit_ns_max.load(r) as f64/1e6, st.checkpoints.load(r), st.checkpoint_ns_last.load(r) as f64/1e6, bytes/(n*size));
        let (t, c) = (Instant::now(), cpu());
        let v = verify(&*store.reader(), VerifyFrom::beginning(), &mut |_| {}).unwrap();
        println!("   verify {:.0}/s cpu {:.3}us", v.entries as f64 / t.elapsed().as_secs_f64(), (cpu()-c)*1e6/v.entries as f64);
        let t = Instant::now();
        let mut bytes = 0;
        store.reader().scan(1, &mut |row| { bytes += row.entries.len(); Ok(std::ops::ControlFlow::Continue(())) }).unwrap();
        println!("   scan {:.0}/s", v.entries as f64 / t.elapsed().as_secs_f64());
        let ix = tiles::ProofIndex::new(store.reader());
        let t = Instant::now(); ix.inclusion(1, v.entries).unwrap();
        let cold = t.elapsed();
        let t = Instant::now(); for i in 0..200 { ix.inclusion(1+i*(v.entries/201), v.entries).unwrap(); }
        println!("   first proof {cold:?}, then {:?} each", t.elapsed()/200);
        let t = Instant::now(); let rd = store.reader(); for i in 0..200 { rd.entry(1+i*(v.entries/201)).unwrap(); }
        println!("   entry {:?} each", t.elapsed()/200);
    }
}
