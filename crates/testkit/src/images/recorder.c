/*
** A file system of SQLite's that stands before the system's own and writes down what passes.
**
** With HANSA_RECORD=FILE in the environment it becomes the default file system of the process when
** the program starts; without, it does nothing at all. Every write, truncation, sync and removal of
** journal.db, its write-ahead log and its rollback journal is carried out by the system's own and
** then appended to FILE as one record. HANSA_RECORD_SYNCS makes a disk that lies: `none` carries out
** and records no sync, a number leaves out every so many of the log's.
**
** A record is 24 bytes and its data: kind, file, two zeros, length of the data, offset or size, and
** a zero. Numbers are in the machine's order: the reader runs on the same machine.
**
** Deliberately absent: everything that could change what SQLite asks of the disk. All else is passed
** through, shared memory and locks included.
*/
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "sqlite3.h"

enum { WRITE = 1, TRUNCATE = 2, SYNC_BEGUN = 3, SYNC_DONE = 4, REMOVE = 5 };
enum { NOT_RECORDED = -1, DATABASE = 0, LOG = 1, ROLLBACK = 2 };

typedef struct {
  uint8_t kind, file;
  uint16_t zero;
  uint32_t length;
  uint64_t place;
  uint64_t spare;
} Head;

typedef struct {
  sqlite3_file base;
  int which;
  sqlite3_file *real;
} File;

static sqlite3_vfs *system_vfs;
static sqlite3_vfs recorder;
static int log_fd = -1;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
/* 0: every sync is done; -1: none is; otherwise every so many of the log's is left out. */
static long syncs_left_out = 0;
static long log_syncs = 0;

static int which_file(const char *name) {
  static const char *const names[] = {"/journal.db", "/journal.db-wal", "/journal.db-journal"};
  size_t length = name ? strlen(name) : 0;
  for (int which = 0; which < 3; which++) {
    size_t end = strlen(names[which]);
    if (length >= end && strcmp(name + length - end, names[which]) == 0) return which;
  }
  return NOT_RECORDED;
}

/* Appends one record; a recording with a hole in it must not look whole. */
static void record(int kind, int which, uint64_t place, const void *data, uint32_t length) {
  Head head = {(uint8_t)kind, (uint8_t)which, 0, length, place, 0};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, length}};
  ssize_t whole = (ssize_t)(sizeof head + length);
  if (which != NOT_RECORDED && writev(log_fd, parts, 2) != whole) abort();
}

#define FILE_OF(p) ((File *)(p))
#define REAL(p) (FILE_OF(p)->real)
#define DO(p, call, ...) (REAL(p)->pMethods->call(REAL(p), ##__VA_ARGS__))

static int on_close(sqlite3_file *p) { return DO(p, xClose); }
static int on_read(sqlite3_file *p, void *to, int n, sqlite3_int64 at) {
  return DO(p, xRead, to, n, at);
}

static int on_write(sqlite3_file *p, const void *from, int n, sqlite3_int64 at) {
  pthread_mutex_lock(&order);
  int rc = DO(p, xWrite, from, n, at);
  if (rc == SQLITE_OK) record(WRITE, FILE_OF(p)->which, (uint64_t)at, from, (uint32_t)n);
  pthread_mutex_unlock(&order);
  return rc;
}

static int on_truncate(sqlite3_file *p, sqlite3_int64 size) {
  pthread_mutex_lock(&order);
  int rc = DO(p, xTruncate, size);
  if (rc == SQLITE_OK) record(TRUNCATE, FILE_OF(p)->which, (uint64_t)size, NULL, 0);
  pthread_mutex_unlock(&order);
  return rc;
}

/* A sync covers what was written before it began and counts once it is done. */
static int on_sync(sqlite3_file *p, int flags) {
  int which = FILE_OF(p)->which;
  pthread_mutex_lock(&order);
  int lie = syncs_left_out < 0 ||
            (syncs_left_out > 0 && which == LOG && ++log_syncs % syncs_left_out == 0);
  if (!lie) record(SYNC_BEGUN, which, 0, NULL, 0);
  pthread_mutex_unlock(&order);
  if (lie) return SQLITE_OK;
  int rc = DO(p, xSync, flags);
  pthread_mutex_lock(&order);
  if (rc == SQLITE_OK) record(SYNC_DONE, which, 0, NULL, 0);
  pthread_mutex_unlock(&order);
  return rc;
}

static int on_file_size(sqlite3_file *p, sqlite3_int64 *size) { return DO(p, xFileSize, size); }
static int on_lock(sqlite3_file *p, int level) { return DO(p, xLock, level); }
static int on_unlock(sqlite3_file *p, int level) { return DO(p, xUnlock, level); }
static int on_check(sqlite3_file *p, int *held) { return DO(p, xCheckReservedLock, held); }
static int on_control(sqlite3_file *p, int op, void *arg) { return DO(p, xFileControl, op, arg); }
static int on_sector_size(sqlite3_file *p) { return DO(p, xSectorSize); }
static int on_device(sqlite3_file *p) { return DO(p, xDeviceCharacteristics); }
static int on_shm_map(sqlite3_file *p, int region, int size, int extend, void volatile **to) {
  return DO(p, xShmMap, region, size, extend, to);
}
static int on_shm_lock(sqlite3_file *p, int at, int n, int flags) {
  return DO(p, xShmLock, at, n, flags);
}
static void on_shm_barrier(sqlite3_file *p) { DO(p, xShmBarrier); }
static int on_shm_unmap(sqlite3_file *p, int remove) { return DO(p, xShmUnmap, remove); }
static int on_fetch(sqlite3_file *p, sqlite3_int64 at, int n, void **to) {
  return DO(p, xFetch, at, n, to);
}
static int on_unfetch(sqlite3_file *p, sqlite3_int64 at, void *from) {
  return DO(p, xUnfetch, at, from);
}

static const sqlite3_io_methods methods = {
    3,           on_close,     on_read,        on_write,     on_truncate, on_sync,
    on_file_size, on_lock,     on_unlock,      on_check,     on_control,  on_sector_size,
    on_device,   on_shm_map,   on_shm_lock,    on_shm_barrier, on_shm_unmap, on_fetch,
    on_unfetch};

static int on_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *p, int flags, int *out) {
  (void)vfs;
  File *file = FILE_OF(p);
  file->real = (sqlite3_file *)(file + 1);
  file->which = which_file(name);
  int rc = system_vfs->xOpen(system_vfs, name, file->real, flags, out);
  file->base.pMethods = file->real->pMethods ? &methods : NULL;
  return rc;
}

static int on_remove(sqlite3_vfs *vfs, const char *name, int sync_folder) {
  (void)vfs;
  pthread_mutex_lock(&order);
  int rc = system_vfs->xDelete(system_vfs, name, sync_folder);
  int synced = sync_folder && syncs_left_out >= 0;
  if (rc == SQLITE_OK) record(REMOVE, which_file(name), (uint64_t)synced, NULL, 0);
  pthread_mutex_unlock(&order);
  return rc;
}

__attribute__((constructor)) static void begin_recording(void) {
  const char *path = getenv("HANSA_RECORD");
  const char *syncs = getenv("HANSA_RECORD_SYNCS");
  if (path == NULL) return;
  if (syncs != NULL) syncs_left_out = strcmp(syncs, "none") == 0 ? -1 : atol(syncs);
  log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  system_vfs = sqlite3_vfs_find(NULL);
  if (log_fd < 0 || system_vfs == NULL) abort();
  recorder = *system_vfs;
  recorder.zName = "hansa-recorder";
  recorder.pNext = NULL;
  recorder.szOsFile = (int)sizeof(File) + system_vfs->szOsFile;
  recorder.xOpen = on_open;
  recorder.xDelete = on_remove;
  if (sqlite3_vfs_register(&recorder, 1) != SQLITE_OK) abort();
}
