/* A token round all ranks, an int a hop: what tests/Umps.Ranks `ring` does, for Open MPI and MPICH. ring [rounds]. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    long rounds = argc > 1 ? atol(argv[1]) : 1000;
    int rank, size, token = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    int next = (rank + 1) % size, previous = (rank + size - 1) % size;
    double start = MPI_Wtime();
    for (long round = 0; round < rounds; round++) {
        if (rank == 0) {
            MPI_Send(&token, 1, MPI_INT, next, 3, MPI_COMM_WORLD);
            MPI_Recv(&token, 1, MPI_INT, previous, 3, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        } else {
            MPI_Recv(&token, 1, MPI_INT, previous, 3, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            token++;
            MPI_Send(&token, 1, MPI_INT, next, 3, MPI_COMM_WORLD);
        }
    }
    if (rank == 0)
        printf("token went %ld rounds of %d, %.2f us a hop\n", rounds, size, (MPI_Wtime() - start) * 1e6 / ((double)rounds * size));
    MPI_Finalize();
    return 0;
}
