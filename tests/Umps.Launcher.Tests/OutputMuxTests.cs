using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using Umps.Launcher;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests;

/// <summary>Lines of many ranks on two streams.</summary>
public sealed class OutputMuxTests
{
    [Fact]
    public void Line_OfBothStreams_KeepsTheOrderAcrossThem()
    {
        var sink = new Sink();
        using (var mux = new OutputMux(tagOutput: true, sink.Write))
        {
            mux.Line(3, false, "one"u8);
            mux.Line(0, true, "two"u8);
            mux.Say("UMPS3000 umpsrun: words");
            mux.Line(12, false, ""u8);
        }

        Assert.Equal("O[3] one\nE[0] two\nEUMPS3000 umpsrun: words\nO[12] \n", sink.Lines());
    }

    [Fact]
    public void Line_AnyBytes_PassUnchanged()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i).Where(b => b != '\n')];
        var sink = new Sink();
        using (var mux = new OutputMux(tagOutput: false, sink.Write))
            mux.Line(0, false, bytes);

        Assert.Equal([.. bytes, (byte)'\n'], sink.Of(false));
    }

    [Fact]
    public void Line_LongerThanWhatMayWait_IsWrittenWhole()
    {
        byte[] line = new byte[5_000_000];
        Array.Fill(line, (byte)'x');
        var sink = new Sink();
        using (var mux = new OutputMux(tagOutput: false, sink.Write))
            for (int i = 0; i < 3; i++)
                mux.Line(i, false, line);

        Assert.Equal(15_000_003, sink.Of(false).Length);
    }

    [Fact]
    public void Line_ManyThreads_NeverMixedNorLostNorReordered()
    {
        const int threads = 4, lines = 20_000;
        var sink = new Sink();
        using (var mux = new OutputMux(tagOutput: true, sink.Write))
        {
            Thread[] writers = [.. Enumerable.Range(0, threads).Select(rank => new Thread(() =>
            {
                for (int i = 0; i < lines; i++)
                    mux.Line(rank, false, Encoding.UTF8.GetBytes($"line {i} {new string((char)('a' + rank), i % 90)}"));
            }))];
            foreach (Thread writer in writers)
                writer.Start();
            foreach (Thread writer in writers)
                writer.Join();
        }

        int[] next = new int[threads];
        foreach (string line in Encoding.UTF8.GetString(sink.Of(false)).Split('\n')[..^1])
        {
            int rank = line[1] - '0', i = next[rank]++;
            Assert.Equal($"[{rank}] line {i} {new string((char)('a' + rank), i % 90)}", line);
        }

        Assert.All(next, count => Assert.Equal(lines, count));
    }

    [Fact]
    public void Line_NobodyReads_WaitsInsteadOfGrowing()
    {
        using var mayWrite = new ManualResetEventSlim();
        long taken = 0;
        using var mux = new OutputMux(tagOutput: false, (_, _) =>
        {
            mayWrite.Wait();
            return Errno.None;
        });
        byte[] line = new byte[100_000];
        using var stuck = new ManualResetEventSlim();
        var writer = new Thread(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                mux.Line(0, false, line);
                Interlocked.Increment(ref taken);
            }

            stuck.Set();
        });
        writer.Start();

        Assert.False(stuck.Wait(300, TestContext.Current.CancellationToken), "10 MB were taken though nobody reads");
        Assert.True(Interlocked.Read(ref taken) < 50);
        mux.Say("words never wait");

        mayWrite.Set();
        Assert.True(stuck.Wait(30_000, TestContext.Current.CancellationToken));
        writer.Join();
    }

    [Fact]
    public void Stdout_WithoutReader_TellsTheJobAndGoesOnWithStderr()
    {
        var sink = new Sink { OutErrno = Errno.EPIPE };
        using var mux = new OutputMux(tagOutput: false, sink.Write);
        using var told = new ManualResetEventSlim();
        using CancellationTokenRegistration registration = mux.Closed.Register(told.Set);

        mux.Line(0, false, "one"u8);
        Assert.True(told.Wait(30_000, TestContext.Current.CancellationToken));
        mux.Line(0, false, "two"u8);
        mux.Line(0, true, "three"u8);
        mux.Dispose();

        Assert.Equal(Errno.EPIPE, mux.Failure);
        Assert.Equal("Ethree\n", sink.Lines());
    }

    [Fact]
    public void Stdout_DiskFull_IsSaid()
    {
        var sink = new Sink { OutErrno = Errno.ENOSPC };
        using (var mux = new OutputMux(tagOutput: false, sink.Write))
            mux.Line(0, false, "one"u8);

        Assert.Contains("UMPS3051", sink.Lines(), StringComparison.Ordinal);
        Assert.Contains("ENOSPC", sink.Lines(), StringComparison.Ordinal);
    }

    private sealed class Sink
    {
        private readonly List<(bool IsError, byte[] Bytes)> _writes = [];

        public Errno OutErrno { get; init; }

        public Errno Write(bool isError, ReadOnlyMemory<byte> bytes)
        {
            if (!isError && OutErrno != Errno.None)
                return OutErrno;
            lock (_writes)
                _writes.Add((isError, bytes.ToArray()));
            return Errno.None;
        }

        public byte[] Of(bool isError) => [.. _writes.Where(write => write.IsError == isError).SelectMany(write => write.Bytes)];

        /// <summary>All lines with O or E before each.</summary>
        public string Lines() => string.Concat(_writes.SelectMany(write => Encoding.UTF8.GetString(write.Bytes).Split('\n')[..^1].Select(line => (write.IsError ? "E" : "O") + line + "\n")));
    }
}
