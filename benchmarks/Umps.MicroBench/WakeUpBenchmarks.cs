using System;
using System.Runtime.InteropServices;
using System.Threading;
using BenchmarkDotNet.Attributes;
using Umps.Transport;
using Umps.Transport.Polling;

namespace Umps.MicroBench;

/// <summary>The doorbell: rung where nobody sleeps, and two threads that wake each other.</summary>
public unsafe class WakeUpBenchmarks
{
    private const int Gap = 1024;

    private byte* _memory;
    private Thread? _other;
    private volatile bool _ends;

    private DoorbellLine* Mine => (DoorbellLine*)_memory;

    private DoorbellLine* Theirs => (DoorbellLine*)(_memory + Gap);

    private uint* Ball => (uint*)(_memory + 2 * Gap);

    /// <summary>Starts the other thread.</summary>
    [GlobalSetup(Target = nameof(WakeEachOther))]
    public void SetupPair()
    {
        SetupLine();
        _ends = false;
        _other = new Thread(() =>
        {
            for (uint turn = 1; !_ends; turn += 2)
            {
                Await(Theirs, turn);
                Volatile.Write(ref *Ball, turn + 1);
                Doorbell.Ring(Mine, eventFd: -1);
            }
        })
        { IsBackground = true };
        _other.Start();
    }

    /// <summary>Makes the lines.</summary>
    [GlobalSetup(Target = nameof(RingNobody))]
    public void SetupLine()
    {
        _memory = (byte*)NativeMemory.AlignedAlloc(3 * Gap, 64);
        NativeMemory.Clear(_memory, 3 * Gap);
    }

    /// <summary>Ends the other thread.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _ends = true;
        if (_other is not null)
            Doorbell.Ring(Theirs, eventFd: -1);
        _other?.Join();
        _other = null;
        NativeMemory.AlignedFree(_memory);
    }

    /// <summary>After each message to a receiver that polls: the fence and a look.</summary>
    [Benchmark]
    public bool RingNobody() => Doorbell.RingIfArmed(Mine, eventFd: -1, control: false);

    /// <summary>There and back: two wake-ups by futex.</summary>
    [Benchmark]
    public void WakeEachOther()
    {
        uint turn = Volatile.Read(ref *Ball) + 1;
        Volatile.Write(ref *Ball, turn);
        Doorbell.Ring(Theirs, eventFd: -1);
        Await(Mine, turn + 1);
    }

    private void Await(DoorbellLine* line, uint turn)
    {
        while (Volatile.Read(ref *Ball) != turn && !_ends)
        {
            Doorbell.Arm(line, ArmLevel.Anything);
            if (Volatile.Read(ref *Ball) != turn && !_ends)
                Doorbell.Sleep(line, descriptors: null, TimeSpan.FromMilliseconds(100));
        }

        Doorbell.Disarm(line);
    }
}
