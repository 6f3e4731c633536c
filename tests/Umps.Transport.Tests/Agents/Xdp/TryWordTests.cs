using System;
using System.Diagnostics;
using System.Threading;
using Umps.Testing;
using Umps.Transport.Agents.Xdp;
using Xunit;

namespace Umps.Tests.Agents.Xdp;

/// <summary>The word under which one process at a time works for all: held, left, and left behind.</summary>
public sealed unsafe class TryWordTests
{
    [Fact]
    public void TryTake_OneAtATime()
    {
        int word = 0;
        var first = new TryWord(&word);
        var second = new TryWord(&word);

        Assert.True(first.TryTake());
        Assert.False(second.TryTake());
        first.Leave();
        Assert.True(second.TryTake());
    }

    /// <summary>A holder that lives is never robbed, however long it takes: it may be stopped.</summary>
    [Fact]
    public void TryTake_HolderLives_IsNeverTaken()
    {
        using Process holder = Process.Start("sleep", "60");
        int word = holder.Id;
        var other = new TryWord(&word);
        long began = Environment.TickCount64;

        try
        {
            while (Environment.TickCount64 - began < 100)
                Assert.False(other.TryTake());
        }
        finally
        {
            holder.Kill();
        }
        Assert.Equal(holder.Id, word);
    }

    [Fact]
    public void TryTake_HolderHasEnded_IsTakenOver()
    {
        int word;
        using (Process holder = Process.Start("sleep", "60"))
        {
            word = holder.Id;
            holder.Kill();
            holder.WaitForExit();
        }
        var other = new TryWord(&word);
        Deadline deadline = Deadline.After(20);

        while (!other.TryTake())
        {
            Thread.Yield();
            Assert.False(deadline.HasPassed, "nobody takes over");
        }

        Assert.Equal(1, other.TakenOver);
        Assert.Equal(Environment.ProcessId, word);
    }
}
