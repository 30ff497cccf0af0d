// faulty_disk: a disk that fails on command, for a server that is loaded with LD_PRELOAD.
//
// It stands between the server and libc for the files below $FAULTY_DISK_FOLDER, SQLite's shared
// index (-shm, which is memory) left out, and obeys the numbers in the file $FAULTY_DISK_CONTROL,
// which disk.py writes while the server runs.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// The layout that disk.py knows too: 64-bit numbers, in this order.
struct control {
  _Atomic int64_t write_error;     // errno of writes and truncations; 0 = none
  _Atomic int64_t sync_error;      // errno of fsync and fdatasync; 0 = none
  _Atomic int64_t open_error;      // errno of opening a file to write; 0 = none
  _Atomic int64_t fail_one_in;     // the errors above hit each n-th call; 0 or 1 = every call
  _Atomic int64_t frozen;          // writes and syncs wait while it is not 0
  _Atomic int64_t space_is_short;  // not 0: files may grow by `space` bytes in all, then ENOSPC
  _Atomic int64_t space;
  _Atomic int64_t kill_at;         // the process dies in its n-th disk call from now; 0 = never
  _Atomic int64_t in_database;     // not 0: for that, only calls on the database file count
  _Atomic int64_t torn;            // of the write it dies in: 1/1024ths that reach the file
  _Atomic int64_t calls;           // counts: disk calls,
  _Atomic int64_t failures;        // calls that were made to fail,
  _Atomic int64_t waiting;         // calls that wait in a frozen disk now
};

enum { kDescriptors = 1 << 16 };

static struct control* control;
static const char* folder;
static size_t folder_length;
enum { kOther, kWatched, kDatabase };
static _Atomic unsigned char watched[kDescriptors];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int (*real_open)(const char*, int, ...);
static int (*real_openat)(int, const char*, int, ...);
static int (*real_close)(int);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off64_t);
static ssize_t (*real_pwrite)(int, const void*, size_t, off64_t);
static ssize_t (*real_write)(int, const void*, size_t);

static void start(void) {
  *(void**)&real_open = dlsym(RTLD_NEXT, "open64");
  *(void**)&real_openat = dlsym(RTLD_NEXT, "openat64");
  *(void**)&real_close = dlsym(RTLD_NEXT, "close");
  *(void**)&real_fsync = dlsym(RTLD_NEXT, "fsync");
  *(void**)&real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  *(void**)&real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  *(void**)&real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  *(void**)&real_write = dlsym(RTLD_NEXT, "write");
  const char* file = getenv("FAULTY_DISK_CONTROL");
  folder = getenv("FAULTY_DISK_FOLDER");
  if (!file || !folder) return;
  folder_length = strlen(folder);
  const int fd = real_open(file, O_RDWR | O_CLOEXEC);
  if (fd < 0) abort();
  void* memory = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  real_close(fd);
  if (memory == MAP_FAILED) abort();
  control = memory;
}

static int is_watched(int fd) {
  return control && fd >= 0 && fd < kDescriptors && atomic_load(&watched[fd]);
}

static int ends_with(const char* path, const char* end) {
  const size_t length = strlen(path), end_length = strlen(end);
  return length > end_length && strcmp(path + length - end_length, end) == 0;
}

static int kind_of(const char* path) {
  if (!control || strncmp(path, folder, folder_length) != 0) return kOther;
  if (ends_with(path, "-shm")) return kOther;
  return ends_with(path, ".db") ? kDatabase : kWatched;
}

static int fails(int64_t error) {
  if (error == 0) return 0;
  const int64_t one_in = control->fail_one_in;
  if (one_in > 1 && control->calls % one_in != 0) return 0;
  ++control->failures;
  errno = (int)error;
  return 1;
}

// Counts the call, waits while the disk is frozen, and is 1 when the process is to die in it.
static int begin_call(int kind) {
  ++control->calls;
  if (control->frozen) {
    ++control->waiting;
    while (control->frozen) {
      const struct timespec moment = {.tv_nsec = 1000000};
      nanosleep(&moment, NULL);
    }
    --control->waiting;
  }
  if (control->kill_at == 0 || (control->in_database && kind != kDatabase)) return 0;
  return atomic_fetch_sub(&control->kill_at, 1) == 1;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

// Bytes of a write up to `end` that find room; the rest is ENOSPC.
static size_t room(int fd, off64_t offset, size_t size) {
  struct stat now;
  if (!control->space_is_short || fstat(fd, &now) != 0) return size;
  const int64_t growth = offset + (int64_t)size - now.st_size;
  if (growth <= 0) return size;
  const int64_t left = atomic_fetch_sub(&control->space, growth) - growth;
  if (left >= 0) return size;
  const int64_t missing = -left < growth ? -left : growth;
  atomic_fetch_add(&control->space, missing);
  return missing >= (int64_t)size ? 0 : size - (size_t)missing;
}

static int note_open(int fd, const char* path) {
  if (fd >= 0 && fd < kDescriptors) atomic_store(&watched[fd], (unsigned char)kind_of(path));
  return fd;
}

static int refuse_open(const char* path, int flags) {
  const int kind = kind_of(path);
  if (kind == kOther || (flags & O_ACCMODE) == O_RDONLY) return 0;
  if (begin_call(kind)) die();
  return fails(control->open_error);
}

int open64(const char* path, int flags, ...) {
  pthread_once(&once, start);
  mode_t mode = 0;
  if (flags & (O_CREAT | O_TMPFILE)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  if (refuse_open(path, flags)) return -1;
  return note_open(real_open(path, flags, mode), path);
}
int open(const char* path, int flags, ...) __attribute__((alias("open64")));

int openat64(int base, const char* path, int flags, ...) {
  pthread_once(&once, start);
  mode_t mode = 0;
  if (flags & (O_CREAT | O_TMPFILE)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  if (refuse_open(path, flags)) return -1;
  return note_open(real_openat(base, path, flags, mode), path);
}
int openat(int base, const char* path, int flags, ...) __attribute__((alias("openat64")));

int close(int fd) {
  pthread_once(&once, start);
  if (fd >= 0 && fd < kDescriptors) atomic_store(&watched[fd], 0);
  return real_close(fd);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  pthread_once(&once, start);
  if (!is_watched(fd)) return real_pwrite(fd, data, size, offset);
  if (begin_call(watched[fd])) {
    const size_t part = size * (size_t)control->torn / 1024;
    if (part > 0) real_pwrite(fd, data, part, offset);
    die();
  }
  if (fails(control->write_error)) return -1;
  const size_t fitting = room(fd, offset, size);
  if (fitting > 0) return real_pwrite(fd, data, fitting, offset);
  ++control->failures;
  errno = ENOSPC;
  return -1;
}
ssize_t pwrite(int fd, const void* data, size_t size, off64_t offset)
    __attribute__((alias("pwrite64")));

ssize_t write(int fd, const void* data, size_t size) {
  pthread_once(&once, start);
  if (!is_watched(fd)) return real_write(fd, data, size);
  if (begin_call(watched[fd])) die();
  if (fails(control->write_error)) return -1;
  return real_write(fd, data, size);
}

int ftruncate64(int fd, off64_t size) {
  pthread_once(&once, start);
  if (!is_watched(fd)) return real_ftruncate(fd, size);
  if (begin_call(watched[fd])) die();
  return fails(control->write_error) ? -1 : real_ftruncate(fd, size);
}
int ftruncate(int fd, off64_t size) __attribute__((alias("ftruncate64")));

int fsync(int fd) {
  pthread_once(&once, start);
  if (!is_watched(fd)) return real_fsync(fd);
  if (begin_call(watched[fd])) die();
  return fails(control->sync_error) ? -1 : real_fsync(fd);
}

int fdatasync(int fd) {
  pthread_once(&once, start);
  if (!is_watched(fd)) return real_fdatasync(fd);
  if (begin_call(watched[fd])) die();
  return fails(control->sync_error) ? -1 : real_fdatasync(fd);
}
