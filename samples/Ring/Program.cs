using System;
using System.Globalization;
using Umps;

// A token goes round all ranks; each adds one to it. What a hop costs is what a message of 8 bytes costs, waking included.
//   umpsrun -n 8 samples/Ring [rounds]
using var mpi = Mpi.Init(args);
Comm world = mpi.World;
if (!TryReadRounds(out int rounds))
{
    if (world.Rank == 0)
        Console.Error.WriteLine($"Ring: \"{string.Join(' ', args)}\" is no number of rounds; give one from 1 to 100,000,000, or none for 1,000.");
    world.Barrier();        // nobody leaves before that line is out
    return 2;
}

int next = (world.Rank + 1) % world.Size, previous = (world.Rank + world.Size - 1) % world.Size;
GoRound(10);                // the first rounds meet code that is not compiled yet
double begin = Mpi.Wtime();
long token = GoRound(rounds);
double seconds = Mpi.Wtime() - begin;

long hops = (long)rounds * world.Size;
int result = world.Bcast(token == hops ? 0 : 1);
if (world.Rank == 0)
    Console.WriteLine($"The token made {token:N0} of {hops:N0} hops over {world.Size} ranks: {seconds / hops * 1e6:F2} µs a hop");
world.Barrier();
return result;

// Rank 0 starts the token; it comes back one larger for each rank that it passed.
long GoRound(int times)
{
    long passed = 0;
    for (int i = 0; i < times; i++)
    {
        if (world.Rank == 0)
        {
            world.Send(passed + 1, next);
            passed = world.Recv<long>(previous);
        }
        else
        {
            passed = world.Recv<long>(previous);
            world.Send(passed + 1, next);
        }
    }

    return passed;
}

bool TryReadRounds(out int count)
{
    count = 1000;
    return args.Length == 0
        || args.Length == 1 && int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is > 0 and <= 100_000_000;
}
