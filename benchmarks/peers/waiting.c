/* What waiting costs: a rank's own CPU time while it is blocked, and the time it takes from ranks that compute. */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"
#include <sys/resource.h>
#include <time.h>

#define WORLD MPI_COMM_WORLD

static void pause_for(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* All but rank 0 wait 3 seconds in Recv, rank 0 sleeps in the kernel: milliseconds of CPU of the waiting rank that used most. */
double idle(int bytes, int loops)
{
    (void)bytes;
    (void)loops;
    int word = 0;
    double used = 0, most;
    MPI_Barrier(WORLD);
    if (rank == 0) {
        pause_for(3);
        for (int other = 1; other < ranks; other++)
            MPI_Send(&word, 1, MPI_INT, other, 5, WORLD);
    } else {
        double before = cpu_seconds();
        MPI_Recv(&word, 1, MPI_INT, 0, 5, WORLD, MPI_STATUS_IGNORE);
        used = (cpu_seconds() - before) * 1e3;
    }
    MPI_Allreduce(&used, &most, 1, MPI_DOUBLE, MPI_MAX, WORLD);
    return most;
}

static volatile double sink;

static double work(long rounds)
{
    double x = 1.5 + sink, start = MPI_Wtime(); /* the compiler must not know where it begins, or it sees where it ends */
    for (long i = 0; i < rounds; i++)
        x = x * 0.999999 + 0.000001;
    sink = x;
    return MPI_Wtime() - start;
}

/* Ranks 0 and 1 do a fixed work while the others sleep in the kernel, then again while the others wait in Recv: the second time over the first. */
double imbalance(int bytes, int loops)
{
    (void)bytes;
    (void)loops;
    int word = 0;
    double alone = 0, beside = 0, start = MPI_Wtime();
    MPI_Barrier(WORLD);
    if (rank > 1) {
        pause_for(1.5);
        MPI_Recv(&word, 1, MPI_INT, 0, 5, WORLD, MPI_STATUS_IGNORE);
    } else {
        pause_for(0.2);
        long rounds = (long)(20e6 * 0.5 / work(20000000));
        alone = work(rounds);
        pause_for(start + 1.7 - MPI_Wtime());
        beside = work(rounds);
        for (int other = 2; other < ranks && rank == 0; other++)
            MPI_Send(&word, 1, MPI_INT, other, 5, WORLD);
    }
    double ratio = rank > 1 ? 0 : beside / alone, worst;
    MPI_Allreduce(&ratio, &worst, 1, MPI_DOUBLE, MPI_MAX, WORLD);
    return worst;
}
