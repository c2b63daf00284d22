/*
 * Runs a command with its output thrown away and prints one line of what it cost: wall, user and
 * system seconds, the largest resident set in KiB, and the exit status.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void command_exec(char **argv)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		_exit(126);
	execvp(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	struct rusage cost;
	int status;
	if (argc < 2) {
		fprintf(stderr, "usage: measure COMMAND [ARGUMENT...]\n");
		return 2;
	}
	double start = now();
	pid_t child = fork();
	if (child == 0)
		command_exec(argv + 1);
	if (child < 0 || wait4(child, &status, 0, &cost) < 0) {
		perror("measure");
		return 1;
	}
	double wall = now() - start;
	printf("%.4f %.4f %.4f %ld %d\n", wall, seconds(&cost.ru_utime), seconds(&cost.ru_stime),
		cost.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
