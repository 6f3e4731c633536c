using System;
using System.Collections.Generic;
using System.Diagnostics;
using Umps;

namespace Umps.Paper;

/// <summary>One way only: as fast as it goes, in windows, or at even intervals. What arrived counts, by the receiver's clock.</summary>
/// <remarks>A sender with intervals looks at its agent once after each message, as a program that polls does; its own use of the processor says nothing, for it waits by looking at the clock.</remarks>
internal sealed class StreamTest(Comm comm, string spec, int bytes, double seconds, double messagesASecond) : RankTest(comm, spec, bytes, seconds)
{
    private const int Window = 64, Trial = 64 * Window;

    private readonly Request[] _requests = new Request[Window];
    private readonly byte[] _data = new byte[bytes];

    /// <summary>The sender looks at its agent after each message: it belongs to no burst, and leaves in a frame of its own while there is room.</summary>
    public bool IsEachAlone { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Measure, double Value)> Run()
    {
        if (messagesASecond > 0)
            return Pass(Math.Max(64, (int)(messagesASecond * Number)));
        double rate = Comm.Bcast(Rate(Pass(Trial)));
        return Pass((Math.Max(Window, (int)(rate * Number)) + Window - 1) / Window * Window);
    }

    private static double Rate(List<(string Measure, double Value)> rows) => rows.Count == 0 ? 0 : rows[0].Value;

    private List<(string Measure, double Value)> Pass(int messages)
    {
        Comm.Barrier();
        Usage before = Usage.Now(Comm, isEnd: false);
        Comm.Barrier();
        if (Comm.Rank == 1)
        {
            double taken = messagesASecond > 0 ? ReceiveEach(messages) : ReceiveWindows(messages);
            Usage used = Usage.Now(Comm, isEnd: true) - before;
            Comm.Send<double>([taken, .. used.ToArray()], dest: 0, tag: ResultTag);
            return [];
        }

        if (messagesASecond > 0)
            SendEach(messages);
        else
            SendWindows(messages);
        double[] there = new double[1 + Usage.Numbers];
        Usage here = Usage.Now(Comm, isEnd: true) - before;
        Comm.Recv<double>(there, source: 1, tag: ResultTag);
        Usage receiver = Usage.FromArray(there.AsSpan(1));
        double rate = (messages - 1) / there[0];
        return
        [
            ("rate", rate), ("mbit", rate * Bytes * 8e-6),
            ("rx-interrupts", receiver.Interrupts / there[0]), ("rx-switches", receiver.Switches / there[0]), ("rx-frames", receiver.Frames / messages),
            ("rx-cpu", 100 * receiver.CpuSeconds / there[0]), ("rx-cpu-ns", receiver.CpuSeconds * 1e9 / messages), ("tx-cpu-ns", here.CpuSeconds * 1e9 / messages),
            ("tx-again", here.Retransmissions * 100.0 / messages),
        ];
    }

    private void SendWindows(int messages)
    {
        for (int i = 0; i < messages; i += Window)
        {
            for (int w = 0; w < Window; w++)
            {
                _requests[w] = Comm.Isend<byte>(_data, dest: 1, tag: Tag);
                if (IsEachAlone)
                    Comm.Iprobe(source: 1, tag: ResultTag, out _);
            }

            Request.WaitAll(_requests);
        }
    }

    private double ReceiveWindows(int messages)
    {
        double first = 0;
        for (int i = 0; i < messages; i += Window)
        {
            for (int w = 0; w < Window; w++)
                _requests[w] = Comm.Irecv<byte>(_data, source: 0, tag: Tag);
            if (i == 0)
            {
                Request.WaitAll(_requests.AsSpan(0, 1));
                first = Mpi.Wtime();
            }

            Request.WaitAll(_requests);
        }

        return Mpi.Wtime() - first;
    }

    private void SendEach(int messages)
    {
        double gap = Stopwatch.Frequency / messagesASecond, due = Stopwatch.GetTimestamp();
        for (int i = 0; i < messages; i++)
        {
            due += gap;
            while (Stopwatch.GetTimestamp() < due)
                System.Threading.Thread.SpinWait(1);
            Comm.Send<byte>(_data, dest: 1, tag: Tag);
            Comm.Iprobe(source: 1, tag: ResultTag, out _);
        }
    }

    private double ReceiveEach(int messages)
    {
        Comm.Recv<byte>(_data, source: 0, tag: Tag);
        double first = Mpi.Wtime();
        for (int i = 1; i < messages; i++)
            Comm.Recv<byte>(_data, source: 0, tag: Tag);
        return Mpi.Wtime() - first;
    }
}
