using System;
using System.IO;
using Umps;

namespace Stencil2D;

/// <summary>The program: read, iterate, gather, draw, compare.</summary>
internal static class HeatRun
{
    /// <summary>Steps between two looks at the residual: an Allreduce costs about as much as a step of a small block.</summary>
    private const int StepsPerLook = 20;

    /// <summary>Runs it, on every rank.</summary>
    /// <returns>Exit status: 0; 1: the result differs from one rank's; 2: the input cannot be used.</returns>
    public static int Run(Mpi mpi, Settings settings)
    {
        Comm world = mpi.World;
        Plate? plate = null;
        if (!OnRankZero(world, () => plate = ReadPlate(world, settings)))
            return 2;

        plate = Plate.Broadcast(world, plate);
        using CartComm grid = world.CreateCart(GridFor(plate, world.Size));
        var block = new HeatBlock(grid, plate);
        world.Barrier();
        double begin = Mpi.Wtime();
        Outcome outcome = Iterate(grid, block, settings, new ProgressLine(isShown: world.Rank == 0));
        double seconds = Mpi.Wtime() - begin;
        double[]? field = Gather(grid, block, plate);
        bool isDrawn = OnRankZero(world, () =>
        {
            HeatMap.Write(settings.Output, plate.Width, plate.Height, field!);
            Console.WriteLine($"{plate.Width} × {plate.Height} cells on {grid.Dimensions[1]} × {grid.Dimensions[0]} ranks: {outcome.Steps} steps in {seconds:F2} s, "
                + $"{(double)plate.Width * plate.Height * outcome.Steps / seconds / 1e6:F0} million cells/s; residual {outcome.Residual:E1}{(outcome.Residual <= settings.Tolerance ? ", converged" : "")}");
            Console.WriteLine($"heat map: {Path.GetFullPath(settings.Output)}");
        });
        if (!isDrawn)
            return 2;

        // The other ranks wait for rank 0's word, asleep.
        return settings.Verify ? world.Bcast(world.Rank == 0 && !IsResultOfOneRank(mpi.Self, plate, settings, outcome, field!) ? 1 : 0) : 0;
    }

    private readonly record struct Outcome(int Steps, double Residual);

    private static Plate ReadPlate(Comm world, Settings settings)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(settings.Output)) is { } folder && !Directory.Exists(folder))
            throw new InputException($"--output {settings.Output}: there is no folder {folder}.");
        Plate plate = Plate.Read(settings.Image);
        int[] dimensions = GridFor(plate, world.Size);
        return plate.Height >= dimensions[0] && plate.Width >= dimensions[1] ? plate
            : throw new InputException($"{settings.Image} has {plate.Width} × {plate.Height} cells, too few for {dimensions[1]} × {dimensions[0]} ranks; give a larger picture or fewer ranks.");
    }

    /// <summary>Rows and columns of ranks: more of them along the plate's longer side.</summary>
    private static int[] GridFor(Plate plate, int ranks)
    {
        int[] dimensions = Comm.CreateDims(ranks, 2);       // the longer first
        return plate.Height >= plate.Width ? dimensions : [dimensions[1], dimensions[0]];
    }

    private static Outcome Iterate(Comm comm, HeatBlock block, Settings settings, ProgressLine progress)
    {
        double residual = double.PositiveInfinity;
        int step = 0;
        while (step < settings.Steps && residual > settings.Tolerance)
        {
            double largest = block.Step();
            if (++step % StepsPerLook != 0 && step != settings.Steps)
                continue;
            residual = comm.Allreduce(largest, Op.Max);     // the maximum of all cells is the same in whatever order it is found
            progress.Show(step, settings.Steps, residual);
        }

        progress.End();
        return new Outcome(step, residual);
    }

    /// <summary>The whole plate on rank 0; blocks differ in size, so each comes as a message of its own.</summary>
    private static double[]? Gather(CartComm grid, HeatBlock block, Plate plate)
    {
        if (grid.Rank != 0)
        {
            grid.Send(block.ToArray(), dest: 0);
            return null;
        }

        var field = new double[plate.Width * plate.Height];
        for (int rank = 0; rank < grid.Size; rank++)
        {
            int[] at = grid.CoordinatesOf(rank);
            (int top, int height) = HeatBlock.Share(plate.Height, grid.Dimensions[0], at[0]);
            (int left, int width) = HeatBlock.Share(plate.Width, grid.Dimensions[1], at[1]);
            double[] cells = rank == 0 ? block.ToArray() : new double[width * height];
            if (rank != 0)
                grid.Recv(cells, rank);
            for (int y = 0; y < height; y++)
                cells.AsSpan(y * width, width).CopyTo(field.AsSpan((top + y) * plate.Width + left));
        }

        return field;
    }

    /// <summary>Runs the plate on this rank alone and compares every bit of every cell.</summary>
    private static bool IsResultOfOneRank(Comm self, Plate plate, Settings settings, Outcome outcome, double[] field)
    {
        using CartComm grid = self.CreateCart([1, 1]);
        var whole = new HeatBlock(grid, plate);
        Outcome alone = Iterate(grid, whole, settings, new ProgressLine(isShown: false));
        double[] expected = whole.ToArray();
        int different = 0;
        for (int i = 0; i < expected.Length; i++)
            if (BitConverter.DoubleToInt64Bits(expected[i]) != BitConverter.DoubleToInt64Bits(field[i]))
                different++;
        bool isEqual = different == 0 && alone == outcome;
        Console.WriteLine(isEqual
            ? $"verified: all {expected.Length:N0} cells equal those of one rank, bit for bit"
            : $"NOT EQUAL to one rank's result: {different:N0} of {expected.Length:N0} cells differ; {outcome.Steps} steps and residual {outcome.Residual:R} here, {alone.Steps} and {alone.Residual:R} there");
        return isEqual;
    }

    /// <summary>Does what only rank 0 can do; every rank learns whether it went well.</summary>
    private static bool OnRankZero(Comm comm, Action action)
    {
        bool isDone = true;
        if (comm.Rank == 0)
        {
            try
            {
                action();
            }
            catch (InputException fault)
            {
                Console.Error.WriteLine($"Stencil2D: {fault.Message}");
                isDone = false;
            }
        }

        return comm.Bcast(isDone);
    }
}
