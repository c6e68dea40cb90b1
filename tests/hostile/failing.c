/* Loaded before the C library. At every point where the armed process touches the disk (a write, a new file or
 * folder, a rename, a sync, a close of what was written, a read of the inputs, a removal) it forks children, one
 * for each thing that can go wrong there. A child gets a copy of the world of its own (a mount namespace in which
 * a copy of the folder lies over it, what is open in it opened anew), meets the fault, and goes on to its end;
 * the armed process waits for it and then goes on as if nothing had been. So a run is computed once, and
 * what follows a fault is all that a fault costs. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define PATIENCE 300 /* seconds a child may take */

enum how { FAILS = 1, HALF, FOR_GOOD, KILLED };
struct fault { const char *name; int error; enum how how; };

static const struct fault WRITE[] = {{"disk full", ENOSPC, FAILS}, {"disk full from here on", ENOSPC, FOR_GOOD},
    {"half is written", ENOSPC, HALF}, {"quota used up", EDQUOT, FAILS}, {"device error", EIO, FAILS},
    {"killed", 0, KILLED}, {0}};
static const struct fault MAKE[] = {{"disk full", ENOSPC, FAILS}, {"disk full from here on", ENOSPC, FOR_GOOD},
    {"quota used up", EDQUOT, FAILS}, {"device error", EIO, FAILS}, {"killed", 0, KILLED}, {0}};
static const struct fault SYNC[] = {{"disk full", ENOSPC, FAILS}, {"device error", EIO, FAILS}, {0}};
static const struct fault CLOSE[] = {{"device error", EIO, FAILS}, {0}};
static const struct fault REMOVE[] = {{"killed", 0, KILLED}, {0}};
static const struct fault READ[] = {{"device error", EIO, FAILS}, {0}};
static const struct fault OPEN[] = {{"device error", EIO, FAILS}, {"too many open files", EMFILE, FAILS}, {0}};

static volatile long count = -1, first = 1, step = 1, child, apart, alone, points, whole;
static const struct fault *met;
static char world[PATH_MAX], inputs[PATH_MAX], spare[PATH_MAX], at_call[PATH_MAX + 32];
static int report = -1;
static pid_t armed;
static void (*killed)(void);

/* The folder that is copied, the inputs in it, an empty folder beside it, where to report, and what a kill calls. */
void failing_world(const char *w, const char *i, const char *s, int fd, void (*callback)(void)) {
    strcpy(world, w), strcpy(inputs, i), strcpy(spare, s);
    report = fd, killed = callback, armed = getpid();
}
/* From here on, at each `every`th point from the `from`th; at each all errors, or one in turn, and the kill. */
void failing_arm(long from, long every, long all) { first = from, step = every, whole = all, count = 0; }
void failing_disarm(void) { if (!child) count = -1; }
long failing_count(void) { return points; }
/* Points that another thread than the first came to, where no fork goes on: each is tried in a run of its own. */
long failing_apart(void) { return apart; }
long failing_child(void) { return child; }
const char *failing_fault(void) { return met ? met->name : ""; }
const char *failing_call(void) { return at_call; }
/* A child is, to itself, the process it was forked from. */
pid_t getpid(void) { return child && met->how != KILLED ? armed : (pid_t)syscall(SYS_getpid); }

static void stop(const char *why) {
    dprintf(report, "%ld\t%s\t%s\tthe harness: %s: %s\n", child, failing_fault(), at_call, why, strerror(errno));
    _exit(97);
}

/* --- the child's own world ---------------------------------------------------------------------------- */

static void told(const char *path, const char *text) {
    int fd = REAL(open)(path, O_WRONLY);
    if (fd >= 0 && REAL(write)(fd, text, strlen(text)) >= 0) REAL(close)(fd);
}

static void own_namespace(void) {
    char map[64];
    uid_t user = getuid();
    gid_t group = getgid();
    if (unshare(CLONE_NEWNS)) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS)) stop("no mount namespace");
        snprintf(map, sizeof map, "%d %d 1", user, user), told("/proc/self/uid_map", map);
        told("/proc/self/setgroups", "deny");
        snprintf(map, sizeof map, "%d %d 1", group, group), told("/proc/self/gid_map", map);
    }
    if (mount("none", "/", 0, MS_REC | MS_PRIVATE, 0)) stop("private mounts");
    if (mount("earned", spare, "tmpfs", 0, 0)) stop("a copy in memory");
}

static void copied(const char *from, const char *to) {
    struct stat state;
    if (lstat(from, &state)) stop(from);
    if (S_ISDIR(state.st_mode)) {
        char a[PATH_MAX], b[PATH_MAX];
        DIR *folder = opendir(from);
        if (REAL(mkdir)(to, state.st_mode & 07777) && errno != EEXIST) stop(to);
        for (struct dirent *e; (e = readdir(folder));) {
            if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
            snprintf(a, sizeof a, "%s/%s", from, e->d_name), snprintf(b, sizeof b, "%s/%s", to, e->d_name);
            copied(a, b);
        }
        closedir(folder);
    } else if (S_ISREG(state.st_mode)) {
        static char block[1 << 18];
        int a = REAL(open)(from, O_RDONLY), b = REAL(open)(to, O_WRONLY | O_CREAT, state.st_mode & 07777);
        if (a < 0 || b < 0) stop(to);
        for (ssize_t n; (n = REAL(read)(a, block, sizeof block)) > 0;)
            if (REAL(write)(b, block, n) != n) stop(to);
        REAL(close)(a), REAL(close)(b);
    }
    struct timespec times[2] = {state.st_atim, state.st_mtim};
    utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW);
}

static int is_locked(int fd) {
    char name[64], text[1024] = "";
    snprintf(name, sizeof name, "/proc/self/fdinfo/%d", fd);
    int info = REAL(open)(name, O_RDONLY);
    ssize_t n = REAL(read)(info, text, sizeof text - 1);
    REAL(close)(info);
    return n > 0 && strstr(text, "FLOCK");
}

/* What is open in the world is opened anew in the copy, where it stood and locked if it was. */
static void opened_anew(void) {
    char name[64], path[PATH_MAX];
    for (int fd = 0; fd < 1024; fd++) {
        snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
        ssize_t n = readlink(name, path, sizeof path - 1);
        if (n < 0 || strncmp((path[n] = 0, path), world, strlen(world))) continue;
        int locked = is_locked(fd), flags = fcntl(fd, F_GETFL), own = fcntl(fd, F_GETFD);
        off_t offset = lseek(fd, 0, SEEK_CUR);
        int mine = REAL(open)(path, flags & ~(O_CREAT | O_EXCL | O_TRUNC));
        if (mine < 0) stop(path);
        dup2(mine, fd), REAL(close)(mine), fcntl(fd, F_SETFD, own);
        if (offset > 0) lseek(fd, offset, SEEK_SET);
        if (locked && flock(fd, LOCK_EX | LOCK_NB)) stop("a lock");
    }
}

static void own_world(int alive) {
    own_namespace();
    copied(world, spare);
    if (mount(spare, world, 0, MS_BIND, 0)) stop("the copy over the world");
    if (alive) opened_anew();
}

/* In a forked child: its own world from here on, in which one point of other threads fails. */
void failing_alone(long which) {
    static const struct fault unknown = {"", 0, FAILS};
    met = &unknown, child = -which;
    alarm(PATIENCE);
    own_world(1);
    child = 0, alone = which, count = 0;
}

/* --- the points --------------------------------------------------------------------------------------- */

/* Where the C library keeps the number of this thread. A lock that may be taken twice knows its owner by it, so
 * that a child keeps the one it was forked with. */
static int *thread_number(void) {
    int *number = (int *)pthread_self(), own = (int)syscall(SYS_gettid);
    for (int i = 0; i < 512; i++, number++)
        if (*number == own) return number;
    errno = 0, stop("the number of the thread is not found");
    return 0;
}

/* 0 to go on, else the way in which this call fails; errno is set. */
static int hit(const struct fault *faults, const char *call, const char *path) {
    if (child) {
        if (met->how != FOR_GOOD || (faults != WRITE && faults != MAKE)) return 0;
        errno = met->error;
        return FAILS;
    }
    if (count < 0) return 0;
    if (syscall(SYS_gettid) != syscall(SYS_getpid)) {
        if (__sync_add_and_fetch(&apart, 1) != alone) return 0;
        child = -alone, met = faults, snprintf(at_call, sizeof at_call, "%s %s", call, path);
        errno = met->error;
        return FAILS;
    }
    if (alone) return 0;
    int saved = errno;
    long n = points = __sync_add_and_fetch(&count, 1);
    if (n < first || (n - first) % step) return 0;
    snprintf(at_call, sizeof at_call, "%s %s", call, path);
    long errors = 0;
    while (faults[errors].name && faults[errors].how != KILLED) errors++;
    for (met = faults; met->name; met++) {
        if (!whole && met->how != KILLED && met - faults != n % errors) continue;
        int *number = thread_number(), own = *number;
        pid_t pid = fork();
        if (!pid) {
            *number = own;
            child = n;
            alarm(PATIENCE);
            own_world(met->how != KILLED);
            if (met->how == KILLED) killed(), _exit(98);
            errno = met->error;
            return met->how;
        }
        int status = -1;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
        if (pid < 0 || status)
            dprintf(report, "%ld\t%s\t%s\tended with status %x\n", n, met->name, at_call, status);
        dprintf(report, "%ld\t%s\t%s\t\n", n, met->name, at_call);
    }
    errno = saved;
    return 0;
}

static int below(const char *path, const char *folder) {
    size_t n = strlen(folder);
    return n && !strncmp(path, folder, n);
}

/* The path of an open regular file, or none. */
static const char *file_of(int fd) {
    static char path[PATH_MAX];
    char name[64];
    struct stat state;
    if ((count < 0 && !child) || fstat(fd, &state) || !S_ISREG(state.st_mode)) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(name, path, sizeof path - 1);
    path[n < 0 ? 0 : n] = 0;
    return fd == report ? 0 : path;
}

static int hit_fd(const struct fault *faults, const char *call, int fd) {
    const char *path = file_of(fd);
    if (!path || (faults == READ && !below(path, inputs))) return 0;
    if (faults == CLOSE && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY) return 0;
    return hit(faults, call, path);
}

/* Half of a write is done; who asks for the rest of it hears that the disk is full. */
static const char *rest;

static int is_rest(const void *data) {
    if (!rest || data != rest) return 0;
    rest = 0, errno = ENOSPC;
    return 1;
}

#define FD(faults, type, name, takes, gives)                           \
    type name takes {                                                  \
        if (is_rest(data)) return -1;                                  \
        int failed = hit_fd(faults, #name, fd);                        \
        if (failed == HALF && size > 1) {                              \
            size /= 2, rest = (const char *)data + size;               \
            return REAL(name) gives;                                   \
        }                                                              \
        return failed ? -1 : REAL(name) gives;                         \
    }
#define SIMPLE(faults, name, takes, gives)                             \
    int name takes {                                                   \
        size_t size = 0; (void)size;                                   \
        return hit_fd(faults, #name, fd) ? -1 : REAL(name) gives;      \
    }
FD(WRITE, ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
FD(WRITE, ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
FD(WRITE, ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
FD(READ, ssize_t, read, (int fd, void *data, size_t size), (fd, data, size))
FD(READ, ssize_t, pread, (int fd, void *data, size_t size, off_t at), (fd, data, size, at))
FD(READ, ssize_t, pread64, (int fd, void *data, size_t size, off64_t at), (fd, data, size, at))
SIMPLE(MAKE, ftruncate, (int fd, off_t to), (fd, to))
SIMPLE(MAKE, ftruncate64, (int fd, off64_t to), (fd, to))
SIMPLE(MAKE, fallocate, (int fd, int how, off_t at, off_t many), (fd, how, at, many))
SIMPLE(MAKE, posix_fallocate, (int fd, off_t at, off_t many), (fd, at, many))
SIMPLE(SYNC, fdatasync, (int fd), (fd))

int fsync(int fd) { /* of a folder too */
    return hit(SYNC, "fsync", file_of(fd) ? file_of(fd) : "a folder") ? -1 : REAL(fsync)(fd);
}
int close(int fd) {
    int failed = hit_fd(CLOSE, "close", fd), error = errno, done = REAL(close)(fd);
    if (failed) errno = error;
    return failed ? -1 : done;
}
int rename(const char *from, const char *to) { return hit(MAKE, "rename", to) ? -1 : REAL(rename)(from, to); }
int mkdir(const char *path, mode_t rights) {
    return access(path, F_OK) && hit(MAKE, "mkdir", path) ? -1 : REAL(mkdir)(path, rights);
}
int unlink(const char *path) { return hit(REMOVE, "unlink", path) ? -1 : REAL(unlink)(path); }
int rmdir(const char *path) { return hit(REMOVE, "rmdir", path) ? -1 : REAL(rmdir)(path); }
int unlinkat(int fd, const char *path, int flags) {
    return hit(REMOVE, "unlinkat", path) ? -1 : REAL(unlinkat)(fd, path, flags);
}

#define OPENS(name, ...)                                               \
    mode_t rights = 0;                                                 \
    if (flags & O_CREAT) {                                             \
        va_list more;                                                  \
        va_start(more, flags);                                         \
        rights = va_arg(more, mode_t);                                 \
        va_end(more);                                                  \
        if (hit(MAKE, #name, path)) return -1;                         \
    } else if (below(path, inputs) && !strstr(path, ".unfinished-") && hit(OPEN, #name, path)) return -1; \
    return REAL(name)(__VA_ARGS__, flags, rights);

int open(const char *path, int flags, ...) { OPENS(open, path) }
int open64(const char *path, int flags, ...) { OPENS(open64, path) }
int openat(int folder, const char *path, int flags, ...) { OPENS(openat, folder, path) }
int openat64(int folder, const char *path, int flags, ...) { OPENS(openat64, folder, path) }
