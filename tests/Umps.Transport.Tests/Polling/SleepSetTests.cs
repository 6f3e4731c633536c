using System;
using System.Threading;
using Umps.Transport.Interop;
using Umps.Transport.Polling;
using Xunit;

namespace Umps.Tests.Polling;

/// <summary>What a sleep on descriptors ends with: what is planned before it, and what is planned while it lasts.</summary>
public sealed class SleepSetTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    private readonly SharedWords _words = new();

    public SleepSetTests() => _words.Poller(onSockets: true);       // says in the line that its owner sleeps on descriptors

    public void Dispose() => _words.Dispose();

    [Fact]
    public void Sleep_DescriptorReadable_EndsIt()
    {
        Linux.SignalEventFd(_words.OtherFd);

        Assert.True(_words.Sleepers.Sleep(s_long));
    }

    [Fact]
    public void Sleep_AnAgentsTimeComes_EndsIt()
    {
        _words.Sleepers.Plan(_words.OtherPlace, wantsRoom: false, SleepSet.Now + 1_000_000);

        Assert.True(_words.Sleepers.Sleep(s_long));
    }

    [Fact]
    public void Sleep_CallersTimeComesFirst_SaysSo()
    {
        _words.Sleepers.Plan(_words.OtherPlace, wantsRoom: false, SleepSet.Now + 30_000_000_000);

        Assert.False(_words.Sleepers.Sleep(TimeSpan.FromMilliseconds(1)));
    }

    /// <summary>An eventfd can always be written to.</summary>
    [Fact]
    public void Sleep_RoomIsWanted_EndsIt()
    {
        _words.Sleepers.Plan(_words.OtherPlace, wantsRoom: true, long.MaxValue);

        Assert.True(_words.Sleepers.Sleep(s_long));
    }

    /// <summary>Another thread plans what the sleeper cannot know, while it sleeps or is about to: a time, or room. Repeated, for the instant decides.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Plan_StricterWhileAsleep_WakesTheSleeper(bool forRoom)
    {
        for (int i = 0; i < 500; i++)
        {
            _words.Sleepers.Plan(_words.OtherPlace, wantsRoom: false, long.MaxValue);
            bool woken = false;
            var sleeper = new Thread(() => woken = _words.Sleepers.Sleep(s_long));
            sleeper.Start();
            Thread.SpinWait(i * 40);

            _words.Sleepers.Plan(_words.OtherPlace, wantsRoom: forRoom, forRoom ? long.MaxValue : SleepSet.Now);

            Assert.True(sleeper.Join(TimeSpan.FromSeconds(20)));
            Assert.True(woken);
        }
    }

    /// <summary>A pipe without a reader shows an error: it ends each sleep, and is told once for each.</summary>
    [Fact]
    public void TakeError_AfterASleepMetOne_IsTrueOnce()
    {
        using var reader = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.In);
        int writer = int.Parse(reader.GetClientHandleAsString(), System.Globalization.CultureInfo.InvariantCulture);
        int place = _words.Sleepers.Add(writer);
        reader.SafePipeHandle.Dispose();

        bool before = _words.Sleepers.TakeError(place);
        _words.Sleepers.Sleep(s_long);

        Assert.False(before);
        Assert.True(_words.Sleepers.TakeError(place));
        Assert.False(_words.Sleepers.TakeError(place));
    }
}
