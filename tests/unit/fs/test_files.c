/* SPDX-License-Identifier: MIT */
/* Tests of descriptor tables, the tree of names, pipes, and the root archive with hostile entries.
 */
#include <kernel/err.h>
#include <kernel/file.h>
#include <kernel/proc.h>
#include <kernel/process.h>
#include <kernel/seq_file.h>
#include <kernel/slab.h>
#include <kernel/string.h>
#include <kernel/syscalls.h>
#include <uapi/stat.h>

#include "unit.h"

unsigned int cpio_unpack(const void *data, size_t len, const char *label);

static int fs_task(void *unused)
{
	fs_init();
	return 0;
}

static int boot_fs(void **state)
{
	hosted_boot_core("loglevel=0");
	run_task(fs_task, NULL);
	return 0;
}

/* in_task - run the test in a task that has descriptors. */
static int with_files(void *fn)
{
	current->files = files_alloc();
	((void (*)(void))fn)();
	return 0;
}

static void in_task(void (*fn)(void))
{
	run_task(with_files, (void *)fn);
}

static int open_null(void)
{
	return (int)sys_open("/dev/null", O_RDWR, 0);
}

static void lowest_free(void)
{
	int i;

	for (i = 0; i < 10; i++)
		assert_int_equal(open_null(), i);
	assert_int_equal(sys_close(3), 0);
	assert_int_equal(sys_close(3), -EBADF);
	assert_int_equal(sys_close(7), 0);
	assert_int_equal(sys_dup(0), 3);
	assert_int_equal(open_null(), 7);
	assert_int_equal(open_null(), 10);
	assert_int_equal(sys_fcntl(0, F_DUPFD, 20), 20);
	assert_int_equal(open_null(), 11);
	assert_int_equal(sys_close(0x7fffffff), -EBADF);
	assert_int_equal(sys_close((unsigned int)-1), -EBADF);
}

static void the_lowest_free_descriptor_is_given(void **state)
{
	in_task(lowest_free);
}

static void grows(void)
{
	struct rlimit64 limit = { 65536, 65536 };
	int i;

	for (i = 0; i < NR_OPEN_DEFAULT; i++)
		assert_int_equal(open_null(), i);
	assert_int_equal(open_null(), -EMFILE);
	assert_int_equal(sys_fcntl(0, F_DUPFD, 1024), -EINVAL);
	assert_int_equal(sys_dup2(0, 1024), -EBADF);
	assert_int_equal(sys_setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(open_null(), 1024);
	assert_int_equal(sys_dup2(0, 65535), 65535);
	assert_int_equal(sys_dup2(0, 65536), -EBADF);
	assert_int_equal(sys_fcntl(65535, F_GETFD, 0), 0);
	assert_int_equal(sys_fcntl(65535, F_SETFD, FD_CLOEXEC), 0);
	assert_int_equal(sys_fcntl(65535, F_GETFD, 0), FD_CLOEXEC);
	limit.rlim_max = 65537;
	assert_int_equal(sys_setrlimit(RLIMIT_NOFILE, &limit), -EPERM);
}

static void the_table_grows_to_its_limit(void **state)
{
	in_task(grows);
}

static void dups(void)
{
	assert_int_equal(open_null(), 0);
	assert_int_equal(sys_dup2(0, 0), 0);
	assert_int_equal(sys_dup2(5, 5), -EBADF);
	assert_int_equal(sys_dup3(0, 0, 0), -EINVAL);
	assert_int_equal(sys_dup3(0, 1, O_CLOEXEC), 1);
	assert_int_equal(sys_dup3(0, 2, 1), -EINVAL);
	assert_int_equal(sys_fcntl(1, F_GETFD, 0), FD_CLOEXEC);
	assert_int_equal(sys_fcntl(0, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(sys_fcntl(1, F_GETFL, 0) & O_NONBLOCK, O_NONBLOCK);
}

static void dup_shares_the_file_not_the_flags_of_the_descriptor(void **state)
{
	in_task(dups);
}

static void contents(void)
{
	struct stat_x86_64 st;
	char buf[64];
	int fd = (int)sys_open("/tmp/a", O_CREAT | O_EXCL | O_RDWR, 0666);

	assert_int_equal(fd, 0);
	assert_int_equal(sys_write(0, "hello", 5), 5);
	assert_int_equal(sys_pwrite64(0, "x", 1, 9999), 1);
	assert_int_equal(sys_pread64(0, buf, 10, 4), 10);
	assert_memory_equal(buf, "o\0\0\0\0\0\0\0\0\0", 10);
	assert_int_equal(sys_pread64(0, buf, 10, -1), -EINVAL);
	assert_int_equal(sys_lseek(0, -1, SEEK_SET), -EINVAL);
	assert_int_equal(sys_lseek(0, 0x7fffffffffffffffl, SEEK_END), -EOVERFLOW);
	assert_int_equal(sys_lseek(0, 1ul << 40, SEEK_SET), 1ul << 40);
	assert_int_equal(sys_write(0, "x", 1), -EFBIG);
	assert_int_equal(sys_ftruncate(0, -1), -EINVAL);
	assert_int_equal(sys_ftruncate(0, 3), 0);
	assert_int_equal(sys_ftruncate(0, 8), 0);
	assert_int_equal(sys_pread64(0, buf, 64, 0), 8);
	assert_memory_equal(buf, "hel\0\0\0\0\0", 8);
	assert_int_equal(sys_fstat(0, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	assert_int_equal(sys_unlink("/tmp/a"), 0);
	assert_int_equal(sys_fstat(0, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(sys_pread64(0, buf, 64, 0), 8);
}

static void files_have_holes_and_survive_unlink(void **state)
{
	in_task(contents);
}

static void paths(void)
{
	char longer[4200], buf[16];

	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = 0;
	assert_int_equal(sys_open(longer, O_CREAT, 0), -ENAMETOOLONG);
	longer[256] = 0;
	assert_int_equal(sys_open(longer, O_CREAT | O_RDWR, 0), -ENAMETOOLONG);
	assert_int_equal(sys_open("", O_RDONLY, 0), -ENOENT);
	assert_int_equal(sys_open("/dev/null/x", O_RDONLY, 0), -ENOTDIR);
	assert_int_equal(sys_open("/", O_RDWR, 0), -EISDIR);
	assert_int_equal(sys_mkdir("/d", 0755), 0);
	assert_int_equal(sys_mkdir("/d/", 0755), -EEXIST);
	assert_int_equal(sys_mkdir("/d/../d/./e", 0755), 0);
	assert_int_equal(sys_rmdir("/d"), -ENOTEMPTY);
	assert_int_equal(sys_rmdir("/d/e/."), -EINVAL);
	assert_int_equal(sys_unlink("/d/e"), -EISDIR);
	assert_int_equal(sys_rename("/d", "/d/e/f"), -EINVAL);
	assert_int_equal(sys_symlink("../d", "/d/l"), 0);
	assert_int_equal(sys_readlink("/d/l", buf, 2), 2);
	assert_int_equal(sys_access("/d/l/l/l/e", 0), 0);
	assert_int_equal(sys_symlink("me", "/d/me"), 0);
	assert_int_equal(sys_access("/d/me", 0), -ELOOP);
	assert_int_equal(sys_access("/../../d/e/../../../d", 0), 0);
	assert_int_equal(sys_open("/proc/x", O_CREAT | O_RDWR, 0), -EACCES);
	assert_int_equal(sys_mkdir("/proc/x", 0), -EACCES);
	assert_int_equal(sys_unlink("/proc/meminfo"), -EACCES);
	assert_int_equal(sys_unlink("/d/l"), 0);
	assert_int_equal(sys_unlink("/d/me"), 0);
	assert_int_equal(sys_rmdir("/d/e"), 0);
	assert_int_equal(sys_rmdir("/d"), 0);
}

static void paths_are_resolved_as_posix_says(void **state)
{
	in_task(paths);
}

static void pipe_ends(void)
{
	static char big[70000];
	int fd[2], i;

	assert_int_equal(sys_pipe2(fd, O_NONBLOCK), 0);
	assert_int_equal(sys_read(fd[0], big, 1), -EAGAIN);
	assert_int_equal(sys_write(fd[1], big, sizeof(big)), 65536);
	assert_int_equal(sys_write(fd[1], big, 1), -EAGAIN);
	assert_int_equal(sys_read(fd[0], big, 100), 100);
	assert_int_equal(sys_write(fd[1], big, 4096), -EAGAIN); /* would be torn */
	assert_int_equal(sys_write(fd[1], big, 100), 100);
	for (i = 0; i < 16; i++)
		assert_int_equal(sys_read(fd[0], big, 4096), 4096);
	assert_int_equal(sys_read(fd[0], big, 1), -EAGAIN);
	assert_int_equal(sys_read(fd[1], big, 1), -EBADF);
	assert_int_equal(sys_close(fd[1]), 0);
	assert_int_equal(sys_read(fd[0], big, 1), 0);
	assert_int_equal(sys_pipe2(fd, 1), -EINVAL);
}

static void pipes_hold_64_kib_and_tear_nothing_short(void **state)
{
	in_task(pipe_ends);
}

/* A newc entry with the given numbers, appended to @at. */
static size_t entry(char *at, const char *name, u32 mode, u32 size, const char *body,
		    size_t body_len)
{
	size_t n = (size_t)snprintf(at, 200,
				    "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
				    1u, mode, 0u, 0u, 1u, 5u, size, 0u, 0u, 0u, 0u,
				    (u32)strlen(name) + 1, 0u);

	memcpy(at + n, name, strlen(name) + 1);
	n = ALIGN(n + strlen(name) + 1, 4);
	memcpy(at + n, body, body_len);
	return ALIGN(n + body_len, 4);
}

static char archive[16384];

static ssize_t text_of(const char *path, char *buf, size_t size)
{
	char *whole;
	ssize_t n = kernel_read_whole(path, &whole, size - 1);

	if (n >= 0) {
		memcpy(buf, whole, (size_t)n + 1);
		kfree(whole);
	}
	return n;
}

static void good_archive(void)
{
	const char *body;
	char buf[32];
	size_t n = 0;

	n += entry(archive + n, "c1", 0040755, 0, "", 0);
	n += entry(archive + n, "./c1/f", 0100644, 5, "hello", 5);
	body = archive + n - 8;
	n += entry(archive + n, "c1/deep/er/g", 0100644, 2, "gg", 2);
	n += entry(archive + n, "c1/link", 0120777, 1, "f", 1);
	n += entry(archive + n, "TRAILER!!!", 0, 0, "", 0);
	assert_int_equal(cpio_unpack(archive, n, "test"), 4);
	assert_int_equal(text_of("/c1/link", buf, sizeof(buf)), 5);
	assert_string_equal(buf, "hello");
	assert_int_equal(text_of("/c1/deep/er/g", buf, sizeof(buf)), 2);
	/* what comes from the archive can be written over */
	assert_int_equal(kernel_write_whole("/c1/f", "HI", 2), 0);
	assert_int_equal(text_of("/c1/f", buf, sizeof(buf)), 2);
	assert_string_equal(buf, "HI");
	assert_memory_equal(body, "hello", 5);
}

static void archives_unpack(void **state)
{
	in_task(good_archive);
}

static void bad_archive(void)
{
	char buf[32], name[300];
	size_t n = 0, good;

	n += entry(archive + n, "b1", 0100644, 1, "1", 1);
	n += entry(archive + n, "../b2", 0100644, 1, "2", 1);
	n += entry(archive + n, "x/../../b2", 0100644, 1, "2", 1);
	n += entry(archive + n, "/b3", 0100644, 1, "3", 1);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	n += entry(archive + n, name, 0100644, 1, "4", 1);
	n += entry(archive + n, "b1/below", 0100644, 1, "5", 1);
	n += entry(archive + n, "dev/null", 0100644, 1, "6", 1);
	n += entry(archive + n, "proc/meminfo", 0100644, 1, "6", 1);
	n += entry(archive + n, "b4", 0120777, 0, "", 0);
	n += entry(archive + n, "b5", 0060644, 0, "", 0);
	n += entry(archive + n, "b6", 0100644, 1, "7", 1);
	good = n;
	n += entry(archive + n, "b7", 0100644, 0xfffffff0u, "8", 1);
	assert_int_equal(cpio_unpack(archive, n, "bad"), 2);
	assert_int_equal(text_of("/b6", buf, sizeof(buf)), 1);
	assert_int_equal(text_of("/b2", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(text_of("/b3", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(text_of("/b7", buf, sizeof(buf)), -ENOENT);
	/* cut at every length, and with every byte of a header spoilt: nothing but the log notices
	 */
	for (n = 0; n < good; n += 7)
		cpio_unpack(archive, n, "cut");
	for (n = 0; n < 110; n++) {
		char was = archive[n];

		archive[n] = (char)0xff;
		cpio_unpack(archive, good, "spoilt");
		archive[n] = 'f';
		cpio_unpack(archive, good, "spoilt");
		archive[n] = was;
	}
	assert_int_equal(cpio_unpack("\x1f\x8b\x08\0", 4, "gz"), 0);
	assert_int_equal(cpio_unpack("", 0, "empty"), 0);
}

static void hostile_archives_cost_a_line_and_keep_what_was_good(void **state)
{
	in_task(bad_archive);
}

static int show_number(struct seq_file *m, void *data)
{
	int i;

	for (i = 0; i < 1000; i++)
		seq_printf(m, "%s %d\n", (const char *)data, i);
	return 0;
}

static char written[32];

static int take_text(char *text, size_t len, void *data)
{
	strscpy(written, text, sizeof(written));
	return len > 5 ? -EINVAL : 0;
}

static void proc_files(void)
{
	static char buf[20000];
	struct proc_entry *e = proc_create("unit/test", show_number, take_text, "line");
	ssize_t n = text_of("/proc/unit/test", buf, sizeof(buf)), total = 0;
	int fd = (int)sys_open("/proc/unit/test", O_RDWR, 0);
	char small[7];

	assert_non_null(e);
	assert_int_equal(n, 8890);
	assert_memory_equal(buf + n - 9, "line 999\n", 9);
	while ((n = sys_read(fd, small, sizeof(small))) > 0)
		total += n;
	assert_int_equal(total, 8890);
	assert_int_equal(sys_write(fd, "abc\n", 4), 4);
	assert_string_equal(written, "abc\n");
	assert_int_equal(sys_write(fd, "too long", 8), -EINVAL);
	assert_int_equal(sys_lseek(fd, 0, SEEK_SET), 0);
	proc_remove(e);
	assert_int_equal(sys_read(fd, small, 1), -ENOENT);
	assert_int_equal(sys_close(fd), 0);
	assert_int_equal(sys_access("/proc/unit", 0), -ENOENT);
}

static void proc_files_show_and_take_text(void **state)
{
	in_task(proc_files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lowest_free_descriptor_is_given),
		cmocka_unit_test(the_table_grows_to_its_limit),
		cmocka_unit_test(dup_shares_the_file_not_the_flags_of_the_descriptor),
		cmocka_unit_test(files_have_holes_and_survive_unlink),
		cmocka_unit_test(paths_are_resolved_as_posix_says),
		cmocka_unit_test(pipes_hold_64_kib_and_tear_nothing_short),
		cmocka_unit_test(archives_unpack),
		cmocka_unit_test(hostile_archives_cost_a_line_and_keep_what_was_good),
		cmocka_unit_test(proc_files_show_and_take_text),
	};

	return cmocka_run_group_tests_name("files", tests, boot_fs, no_warnings);
}
