/* Loaded before the C library: the n-th write, rename, folder, sync or file made from here on fails with
 * "no space left" (mode 0) or ends the process as a power cut does (mode 1). Counts where n is 0. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile long count = -1, at, mode;

void failing_arm(long which, long how) { at = which; mode = how; count = 0; }
long failing_count(void) { return count; }

static int hit(void) {
    if (count < 0 || __sync_add_and_fetch(&count, 1) != at) return 0;
    if (mode == 1) kill(getpid(), SIGKILL);
    errno = ENOSPC;
    return 1;
}

static int to_disk(int fd) {
    struct stat state;
    return count >= 0 && fstat(fd, &state) == 0 && S_ISREG(state.st_mode);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t size) { return to_disk(fd) && hit() ? -1 : REAL(write)(fd, data, size); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    return to_disk(fd) && hit() ? -1 : REAL(pwrite)(fd, data, size, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    return to_disk(fd) && hit() ? -1 : REAL(pwrite64)(fd, data, size, offset);
}
int fsync(int fd) { return hit() ? -1 : REAL(fsync)(fd); }
int ftruncate(int fd, off_t size) { return to_disk(fd) && hit() ? -1 : REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return to_disk(fd) && hit() ? -1 : REAL(ftruncate64)(fd, size); }
int rename(const char *from, const char *to) { return hit() ? -1 : REAL(rename)(from, to); }
int mkdir(const char *path, mode_t rights) { return hit() ? -1 : REAL(mkdir)(path, rights); }

#define OPEN(name, ...)                                             \
    mode_t rights = 0;                                              \
    if (flags & O_CREAT) {                                          \
        va_list more;                                               \
        va_start(more, flags);                                      \
        rights = va_arg(more, mode_t);                              \
        va_end(more);                                               \
        if (hit()) return -1;                                       \
    }                                                               \
    return REAL(name)(__VA_ARGS__, flags, rights);

int open(const char *path, int flags, ...) { OPEN(open, path) }
int open64(const char *path, int flags, ...) { OPEN(open64, path) }
int openat(int folder, const char *path, int flags, ...) { OPEN(openat, folder, path) }
int openat64(int folder, const char *path, int flags, ...) { OPEN(openat64, folder, path) }
