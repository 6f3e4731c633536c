using System;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using Umps;

namespace Umps.Bench;

/// <summary>How long a cache line takes between the two ranks, measured beside the library: in a mapping of the benchmark's own.</summary>
/// <remarks>The host of a virtual machine moves its processors about, and the time jumps between about 27, 55 and 240 ns within seconds; only batches of
/// one such time can be compared. As in benchmarks/peers/line.c.</remarks>
internal sealed unsafe class LineProbe : IDisposable
{
    private const int WarmRounds = 30, Rounds = 100, LineBytes = 64, GapBytes = 16 * LineBytes;
    private const uint GaveUp = uint.MaxValue;
    private const double SecondsMax = 0.01;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly bool _first;
    private readonly byte* _lines;
    private uint _number;

    /// <summary>Opens the shared lines on both ranks; no file is left.</summary>
    public LineProbe(Comm comm)
    {
        _first = comm.Rank == 0;
        string path;
        if (_first)
        {
            path = Path.GetTempFileName();
            File.WriteAllBytes(path, new byte[2 * GapBytes]);
            comm.Send(Encoding.UTF8.GetBytes(path), dest: 1, tag: 9);
        }
        else
        {
            var name = new byte[4096];
            path = Encoding.UTF8.GetString(name, 0, comm.Recv(name, source: 0, tag: 9).Count<byte>());
        }

        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        _view = _file.CreateViewAccessor();
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _lines = pointer + _view.PointerOffset;
        comm.Sendrecv(0, dest: 1 - comm.Rank, source: 1 - comm.Rank, tag: 9);
        if (_first)
            File.Delete(path);
    }

    /// <summary>Nanoseconds a line takes one way; both ranks call it together. 0 when it took too long: then both ranks share a processor.</summary>
    public double Nanoseconds()
    {
        ref uint there = ref *(uint*)_lines;
        ref uint back = ref *(uint*)(_lines + GapBytes);
        double start = 0, entered = Mpi.Wtime();
        for (int i = 0; i < WarmRounds + Rounds; i++)
        {
            uint number = ++_number;
            if (i == WarmRounds)
                start = Mpi.Wtime();
            if (_first ? !Lead(ref there, ref back, number, entered) : !Follow(ref there, ref back, number))
            {
                _number += (uint)(WarmRounds + Rounds - 1 - i);
                return 0;
            }
        }

        return (Mpi.Wtime() - start) * 1e9 / (2.0 * Rounds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Lead(ref uint there, ref uint back, uint number, double entered)
    {
        Volatile.Write(ref there, number);
        for (uint spins = 1; Volatile.Read(ref back) != number; spins++)
        {
            if (spins % 4096 == 0 && Mpi.Wtime() - entered > SecondsMax)
            {
                Volatile.Write(ref there, GaveUp);
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Follow(ref uint there, ref uint back, uint number)
    {
        for (uint seen = Volatile.Read(ref there); seen != number; seen = Volatile.Read(ref there))
            if (seen == GaveUp)
                return false;
        Volatile.Write(ref back, number);
        return true;
    }

    /// <summary>Unmaps the lines.</summary>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
