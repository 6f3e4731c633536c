/* The peers' side of benchmarks/compare: the loops of benchmarks/Umps.Bench in C, with MPI calls only.
 *
 *   bench batches PASSES MILLISECONDS WARM_SECONDS ROW_SECONDS NAME:BYTES…
 *   bench startup                             Init, Barrier, Finalize
 *
 * Each measure is calibrated so that a batch lasts about MILLISECONDS, warmed up, then run in PASSES passes over all of them, each at most
 * ROW_SECONDS in all. Before and after each batch the two ranks measure how long a cache line takes between them, for the host of a virtual
 * machine moves its processors about; only batches of one such time can be compared. With more than two ranks that time is 0: not known.
 * Lines: batch NAME BYTES LINE_BEFORE VALUE LINE_AFTER. */
#include "bench.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEASURES_MAX = 64, BATCHES_MIN = 3, LOOPS_MAX = 1 << 20 };

int rank, ranks;
char *send_buffer, *receive_buffer;

static size_t one_message(int bytes) { return (size_t)bytes; }
static size_t one_a_rank(int bytes) { return (size_t)bytes * (size_t)ranks; }

static const struct measure measures[] = {
    {"latency", 2, 0, latency, one_message},
    {"bw", 2, 0, bandwidth, one_message},
    {"rate", 2, 0, rate, one_message},
    {"bibw", 2, 0, both_directions, one_message},
    {"overlap", 2, 0, overlap, one_message},
    {"mbw_mr", 0, 0, many_pairs, one_message},
    {"multi_lat", 0, 0, many_latencies, one_message},
    {"ring", 0, 0, ring, one_message},
    {"barrier", 0, 0, barrier, one_message},
    {"bcast", 0, 0, bcast, one_message},
    {"reduce", 0, 0, reduce, one_message},
    {"allreduce", 0, 0, allreduce, one_message},
    {"gather", 0, 0, gather, one_a_rank},
    {"allgather", 0, 0, allgather, one_a_rank},
    {"scatter", 0, 0, scatter, one_a_rank},
    {"alltoall", 0, 0, alltoall, one_a_rank},
    {"idle", 0, 1, idle, one_message},
    {"imbalance", 0, 1, imbalance, one_message},
};

static const struct measure *find_measure(const char *name)
{
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        if (strcmp(measures[i].name, name) == 0)
            return &measures[i];
    return NULL;
}

struct row {
    const struct measure *measure;
    int bytes, loops, batches, done;
    double seconds; /* of a batch, as calibrated */
    double *values; /* line before, value, line after */
};

static struct row rows[MEASURES_MAX];
static int row_count, two_ranks;

static void fail(const char *what, const char *why)
{
    if (rank == 0)
        fprintf(stderr, "bench: %s %s\n", what, why);
    MPI_Finalize();
    exit(2);
}

static void read_rows(int count, char **specs)
{
    size_t longest = 1;
    for (row_count = 0; row_count < count && row_count < MEASURES_MAX; row_count++) {
        char name[32];
        struct row *row = &rows[row_count];
        if (sscanf(specs[row_count], "%31[^:]:%d", name, &row->bytes) != 2 || row->bytes < 0)
            fail(specs[row_count], "is not NAME:BYTES");
        row->measure = find_measure(name);
        if (!row->measure)
            fail(name, "is no measure");
        if (row->measure->ranks && row->measure->ranks != ranks)
            fail(name, "is for two ranks");
        size_t bytes = row->measure->buffer_bytes(row->bytes);
        longest = bytes > longest ? bytes : longest;
    }
    longest = (longest + PAGE - 1) / PAGE * PAGE;
    send_buffer = aligned_alloc(PAGE, longest);
    receive_buffer = aligned_alloc(PAGE, longest);
    memset(send_buffer, 0, longest);
    memset(receive_buffer, 0, longest);
}

/* Loops such that a batch lasts so long, by rank 0's clock. */
static void calibrate(struct row *row, double seconds)
{
    for (row->loops = 1;; row->loops *= 4) {
        MPI_Barrier(MPI_COMM_WORLD);
        double start = MPI_Wtime();
        row->measure->run(row->bytes, row->loops);
        row->seconds = MPI_Wtime() - start;
        MPI_Bcast(&row->seconds, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
        if (row->seconds > seconds / 4 || row->loops >= LOOPS_MAX)
            break;
    }
    double wanted = row->loops * seconds / row->seconds;
    int loops = wanted < 1 ? 1 : wanted > LOOPS_MAX ? LOOPS_MAX : (int)wanted;
    row->seconds *= (double)loops / row->loops;
    row->loops = loops;
}

static void run_batches(int passes, double milliseconds, double warm_seconds, double row_seconds)
{
    for (int r = 0; r < row_count; r++)
        if (!rows[r].measure->single)
            calibrate(&rows[r], milliseconds * 1e-3);
    int warm = 1;
    for (double end = MPI_Wtime() + warm_seconds; warm;) {
        for (int r = 0; r < row_count; r++)
            if (!rows[r].measure->single)
                rows[r].measure->run(rows[r].bytes, rows[r].loops);
        warm = MPI_Wtime() < end;
        MPI_Bcast(&warm, 1, MPI_INT, 0, MPI_COMM_WORLD);
    }
    for (int r = 0; r < row_count; r++) {
        struct row *row = &rows[r];
        if (!row->measure->single)
            calibrate(row, milliseconds * 1e-3);
        double fit = row->measure->single ? 1 : row_seconds / row->seconds;
        row->batches = row->measure->single ? 1 : fit < BATCHES_MIN ? BATCHES_MIN : fit > passes ? passes : (int)fit;
        row->values = calloc(3 * (size_t)row->batches, sizeof *row->values);
    }
    for (int pass = 0; pass < passes; pass++) {
        for (int r = 0; r < row_count; r++) {
            struct row *row = &rows[r];
            if (row->done >= row->batches)
                continue;
            double *value = row->values + 3 * row->done++;
            if (!row->measure->single && row->loops >= 8)
                row->measure->run(row->bytes, row->loops / 8); /* its own buffers and code are warm again */
            MPI_Barrier(MPI_COMM_WORLD);
            value[0] = two_ranks ? line_nanoseconds() : 0;
            value[1] = row->measure->run(row->bytes, row->loops);
            value[2] = two_ranks ? line_nanoseconds() : 0;
        }
    }
    for (int r = 0; r < row_count && rank == 0; r++)
        for (int i = 0; i < rows[r].done; i++)
            printf("batch %s %d %.1f %.5g %.1f\n", rows[r].measure->name, rows[r].bytes, rows[r].values[3 * i], rows[r].values[3 * i + 1], rows[r].values[3 * i + 2]);
}

/* How it was built, and the processors the first two ranks may run on as the kernel says, so that a result shows how it was made. Rank 0 says it all: lines of two processes can be joined. */
static void say_how(void)
{
    enum { TAG = 1, LINE_BYTES = 256 };
    char line[LINE_BYTES], cpus[LINE_BYTES] = "?\n";
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, "Cpus_allowed_list:", 18) == 0)
            strcpy(cpus, line + 18 + strspn(line + 18, " \t"));
    if (status)
        fclose(status);
    if (rank == 1)
        MPI_Send(cpus, LINE_BYTES, MPI_CHAR, 0, TAG, MPI_COMM_WORLD);
    if (rank != 0)
        return;
#ifdef __OPTIMIZE__
    printf("# build Release\n");
#else
    printf("# build Debug\n");
#endif
    printf("# rank 0 on cpu %s", cpus);
    if (ranks > 1) {
        MPI_Recv(cpus, LINE_BYTES, MPI_CHAR, 1, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        printf("# rank 1 on cpu %s", cpus);
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (argc == 2 && strcmp(argv[1], "startup") == 0) {
        MPI_Barrier(MPI_COMM_WORLD);
        MPI_Finalize();
        return 0;
    }
    if (argc < 7 || strcmp(argv[1], "batches") != 0)
        fail("usage:", "bench startup | bench batches PASSES MILLISECONDS WARM_SECONDS ROW_SECONDS NAME:BYTES...");
    read_rows(argc - 6, argv + 6);
    say_how();
    two_ranks = ranks == 2;
    if (two_ranks)
        open_line();
    run_batches(atoi(argv[2]), atof(argv[3]), atof(argv[4]), atof(argv[5]));
    MPI_Finalize();
    return 0;
}
