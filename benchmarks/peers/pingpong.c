/* The peers' side of benchmarks/compare: the loops of benchmarks/Umps.Bench in C, with MPI calls only.
 *
 *   pingpong latency BYTES BATCHES LOOPS      round trips; a line a batch, microseconds one way
 *   pingpong bw BYTES BATCHES LOOPS           LOOPS windows of WINDOW messages, then one small answer; MB/s (10^6)
 *
 * Before and after each batch the two ranks measure how long a cache line takes between them, for the host of a virtual
 * machine moves its processors about; only batches of one such time can be compared. Lines: NAME BYTES LINE_BEFORE VALUE LINE_AFTER. */
#include <mpi.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 64, PROBE_ROUNDS = 100, PROBE_WARM = 30, LINE = 64 };
static const double warm_seconds = 1.0;

static int rank;
static _Atomic unsigned *lines[2]; /* one a direction, each alone on its cache line */
static unsigned probe_number;

static void open_lines(void)
{
    MPI_Win window;
    char *mine, *base;
    MPI_Aint bytes;
    int unit;
    MPI_Win_allocate_shared(rank == 0 ? 4 * LINE * 16 : 0, 1, MPI_INFO_NULL, MPI_COMM_WORLD, &mine, &window);
    MPI_Win_shared_query(window, 0, &bytes, &unit, &base);
    base += (LINE - (size_t)base % LINE) % LINE;
    lines[0] = (_Atomic unsigned *)base;
    lines[1] = (_Atomic unsigned *)(base + LINE * 16);
    if (rank == 0) {
        *lines[0] = 0;
        *lines[1] = 0;
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

/* Nanoseconds a line takes one way. */
static double line_time(void)
{
    double start = 0;
    for (int i = 0; i < PROBE_WARM + PROBE_ROUNDS; i++) {
        unsigned number = ++probe_number;
        if (i == PROBE_WARM)
            start = MPI_Wtime();
        if (rank == 0) {
            atomic_store_explicit(lines[0], number, memory_order_release);
            while (atomic_load_explicit(lines[1], memory_order_acquire) != number)
                ;
        } else {
            while (atomic_load_explicit(lines[0], memory_order_acquire) != number)
                ;
            atomic_store_explicit(lines[1], number, memory_order_release);
        }
    }
    return (MPI_Wtime() - start) * 1e9 / (2.0 * PROBE_ROUNDS);
}

static double latency(char *data, int bytes, int loops)
{
    double start = MPI_Wtime();
    for (int i = 0; i < loops; i++) {
        if (rank == 0) {
            MPI_Send(data, bytes, MPI_BYTE, 1, 1, MPI_COMM_WORLD);
            MPI_Recv(data, bytes, MPI_BYTE, 1, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        } else {
            MPI_Recv(data, bytes, MPI_BYTE, 0, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            MPI_Send(data, bytes, MPI_BYTE, 0, 1, MPI_COMM_WORLD);
        }
    }
    return (MPI_Wtime() - start) * 1e6 / (2.0 * loops);
}

static double bandwidth(char *data, int bytes, int loops)
{
    MPI_Request requests[WINDOW];
    MPI_Status statuses[WINDOW];
    char answer = 0;
    double start = MPI_Wtime();
    for (int i = 0; i < loops; i++) {
        for (int w = 0; w < WINDOW; w++) {
            if (rank == 0)
                MPI_Isend(data + (size_t)w * bytes, bytes, MPI_BYTE, 1, 2, MPI_COMM_WORLD, &requests[w]);
            else
                MPI_Irecv(data + (size_t)w * bytes, bytes, MPI_BYTE, 0, 2, MPI_COMM_WORLD, &requests[w]);
        }
        MPI_Waitall(WINDOW, requests, statuses);
        if (rank == 0)
            MPI_Recv(&answer, 1, MPI_BYTE, 1, 3, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        else
            MPI_Send(&answer, 1, MPI_BYTE, 0, 3, MPI_COMM_WORLD);
    }
    return (double)bytes * WINDOW * loops / ((MPI_Wtime() - start) * 1e6);
}

/* The processors this rank may run on, as the kernel says, so that a result shows how it was pinned. */
static void say_where(void)
{
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, "Cpus_allowed_list:", 18) == 0)
            printf("# rank %d on cpu %s", rank, line + 18 + strspn(line + 18, " \t"));
    if (status)
        fclose(status);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    int ranks;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (argc != 5 || ranks != 2 || (strcmp(argv[1], "latency") && strcmp(argv[1], "bw"))) {
        fprintf(stderr, "two ranks: pingpong latency|bw BYTES BATCHES LOOPS\n");
        MPI_Abort(MPI_COMM_WORLD, 64);
    }
    double (*loop)(char *, int, int) = strcmp(argv[1], "latency") == 0 ? latency : bandwidth;
    int bytes = atoi(argv[2]), batches = atoi(argv[3]), loops = atoi(argv[4]);
    char *data = malloc((size_t)bytes * WINDOW + 1);
    double *values = calloc(3 * (size_t)batches, sizeof *values);
    memset(data, rank + 1, (size_t)bytes * WINDOW + 1);
    say_where();
    open_lines();

    int go = 1;
    for (double end = MPI_Wtime() + warm_seconds; go;) {
        loop(data, bytes, loops);
        line_time();
        go = MPI_Wtime() < end;
        MPI_Bcast(&go, 1, MPI_INT, 0, MPI_COMM_WORLD);
    }
    for (int i = 0; i < batches; i++) {
        MPI_Barrier(MPI_COMM_WORLD);
        values[3 * i] = line_time();
        values[3 * i + 1] = loop(data, bytes, loops);
        values[3 * i + 2] = line_time();
    }
    for (int i = 0; i < batches && rank == 0; i++)
        printf("%s %d %.1f %.4f %.1f\n", argv[1], bytes, values[3 * i], values[3 * i + 1], values[3 * i + 2]);
    free(values);
    free(data);
    MPI_Finalize();
    return 0;
}
