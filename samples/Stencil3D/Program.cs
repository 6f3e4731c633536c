using System;
using System.Globalization;
using System.Linq;
using Stencil3D;
using Umps;

// Heat in a cube on a hot plate: a 7-point stencil on a 3D grid of ranks; halos travel while the interior is computed.
//   umpsrun -n 8 samples/Stencil3D [cells a side] [steps] [--verify]
using var mpi = Mpi.Init(args);
int result = Run();
mpi.World.Barrier();        // nobody leaves before rank 0 has said why
return result;

int Run()
{
    Comm world = mpi.World;
    bool verify = args.Contains("--verify");
    string[] numbers = [.. args.Where(argument => argument != "--verify")];
    int side = 128, steps = 200;
    int[] dimensions = Comm.CreateDims(world.Size, 3);      // the longest first
    if (numbers.Length > 2 || numbers.Length > 0 && !TryRead(numbers[0], 1024, out side) || numbers.Length > 1 && !TryRead(numbers[1], 1_000_000, out steps) || side < dimensions[0])
    {
        if (world.Rank == 0)
            Console.Error.WriteLine($"Stencil3D: \"{string.Join(' ', args)}\": give the cells a side, {dimensions[0]} to 1024 on these ranks, the steps, 1 to 1,000,000, and --verify if wanted.");
        return 2;
    }

    using CartComm grid = world.CreateCart(dimensions);
    var block = new CubeBlock(grid, side);
    world.Barrier();
    double begin = Mpi.Wtime();
    for (int step = 0; step < steps; step++)
        block.Step();
    world.Barrier();
    double seconds = Mpi.Wtime() - begin;

    double heat = world.Allreduce(block.ToArray().Sum(), Op.Sum);
    if (world.Rank == 0)
    {
        Console.WriteLine($"{side}³ cells on {string.Join(" × ", dimensions)} ranks: {steps} steps in {seconds:F2} s, {Math.Pow(side, 3) * steps / seconds / 1e6:F0} million cells/s");
        Console.WriteLine($"mean temperature {heat / Math.Pow(side, 3):F6}");
    }

    return verify ? Verify(grid, block, side, steps) : 0;
}

// Each rank sends its block to rank 0, which computes the cube alone and compares every bit.
int Verify(CartComm grid, CubeBlock block, int side, int steps)
{
    if (grid.Rank != 0)
    {
        grid.Send(block.ToArray(), dest: 0);
        return grid.Bcast(0);
    }

    using CartComm alone = mpi.Self.CreateCart([1, 1, 1]);
    var whole = new CubeBlock(alone, side);
    for (int step = 0; step < steps; step++)
        whole.Step();

    int different = 0;
    for (int rank = 0; rank < grid.Size; rank++)
    {
        Part[] parts = CubeBlock.PartsOf(grid, rank, side);
        double[] expected = whole.ToArray(parts), cells = rank == 0 ? block.ToArray() : new double[expected.Length];
        if (rank != 0)
            grid.Recv(cells, rank);
        different += expected.Zip(cells).Count(pair => BitConverter.DoubleToInt64Bits(pair.First) != BitConverter.DoubleToInt64Bits(pair.Second));
    }

    Console.WriteLine(different == 0
        ? $"verified: all {Math.Pow(side, 3):N0} cells equal those of one rank, bit for bit"
        : $"NOT EQUAL to one rank's result: {different:N0} of {Math.Pow(side, 3):N0} cells differ");
    return grid.Bcast(different == 0 ? 0 : 1);
}

static bool TryRead(string text, int max, out int number) =>
    int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= max;
