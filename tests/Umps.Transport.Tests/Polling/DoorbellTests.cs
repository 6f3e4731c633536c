using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Interop;
using Umps.Transport.Polling;
using Xunit;

namespace Umps.Tests.Polling;

public sealed unsafe class DoorbellTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);
    private readonly SharedWords _words = new();

    public void Dispose() => _words.Dispose();

    [Theory]
    [InlineData(ArmLevel.Nothing, false, false)]
    [InlineData(ArmLevel.Nothing, true, false)]
    [InlineData(ArmLevel.Control, false, false)]
    [InlineData(ArmLevel.Control, true, true)]
    [InlineData(ArmLevel.Anything, false, true)]
    [InlineData(ArmLevel.Anything, true, true)]
    public void RingIfArmed_RingsForWhatTheLevelCovers(ArmLevel level, bool control, bool expected)
    {
        foreach (bool onSockets in new[] { false, true })
        {
            _words.Poller(onSockets).Arm(level);

            bool rang = Doorbell.RingIfArmed(_words.Line, _words.EventFd, control);

            Assert.Equal(expected, rang);
            Assert.Equal(!expected && level != ArmLevel.Nothing, _words.Line->Armed != 0);
        }
    }

    [Fact]
    public void RingIfArmed_ManySenders_OneRings()
    {
        for (int round = 0; round < 200; round++)
        {
            _words.Poller(onSockets: false).Arm(ArmLevel.Anything);
            int rang = 0;
            using var start = new Barrier(4);

            Parallel.Invoke(Enumerable.Range(0, 4).Select(_ => (Action)(() =>
            {
                start.SignalAndWait();
                if (Doorbell.RingIfArmed(_words.Line, _words.EventFd, control: false))
                    Interlocked.Increment(ref rang);
            })).ToArray());

            Assert.Equal(1, rang);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sleep_RungBeforeIt_ReturnsAtOnce(bool onSockets)
    {
        SemiPoller poller = _words.Poller(onSockets);
        poller.Arm(ArmLevel.Anything);
        Doorbell.RingIfArmed(_words.Line, _words.EventFd, control: false);

        Deadline deadline = Deadline.After(10);
        poller.Sleep(s_long);

        Assert.False(deadline.HasPassed);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Sleep_RungWhileAsleep_WakesAndCounts(bool onSockets, bool always)
    {
        SemiPoller poller = _words.Poller(onSockets);
        poller.Arm(ArmLevel.Anything);
        var sleeper = new Thread(() => poller.Sleep(s_long));
        sleeper.Start();
        SpinUntil(() => Volatile.Read(ref *_words.Awake) == 0);

        if (always)
        {
            Doorbell.Disarm(_words.Line);       // another thread of the rank polls; who calls the sleeper must reach it all the same
            Thread.Sleep(20);
            Doorbell.Ring(_words.Line, _words.EventFd);
        }
        else
        {
            Doorbell.RingIfArmed(_words.Line, _words.EventFd, control: false);
        }

        Assert.True(sleeper.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal(1, *_words.Awake);
        Assert.Equal(1, poller.Counters.Sleeps);
    }

    [Fact]
    public void Sleep_SocketReadable_Wakes()
    {
        SemiPoller poller = _words.Poller(onSockets: true);
        poller.Arm(ArmLevel.Anything);
        Linux.SignalEventFd(_words.OtherFd);

        Deadline deadline = Deadline.After(10);
        poller.Sleep(s_long);

        Assert.False(deadline.HasPassed);
        Assert.Equal(1, poller.Counters.Interrupts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sleep_NobodyRings_ReturnsAtTheTimeout(bool onSockets)
    {
        SemiPoller poller = _words.Poller(onSockets);
        poller.Arm(ArmLevel.Anything);

        poller.Sleep(TimeSpan.FromMilliseconds(5));

        Assert.Equal(1, poller.Counters.Sleeps);
        Assert.Equal(0, poller.Counters.Interrupts);
        Assert.Equal(1, *_words.Awake);
        Assert.True(poller.Counters.AsleepTicks > 0);
    }

    [Fact]
    public void Sleep_NotArmedOrAborted_DoesNotSleep()
    {
        SemiPoller poller = _words.Poller(onSockets: false);
        poller.Sleep(Timeout.InfiniteTimeSpan);

        poller.Arm(ArmLevel.Anything);
        *_words.Abort = 1;
        poller.Sleep(Timeout.InfiniteTimeSpan);

        Assert.Equal(0, poller.Counters.Sleeps);
    }

    [Fact]
    public void Sleep_ProgramRuns_StaysAmongTheAwake()
    {
        SemiPoller poller = _words.Poller(onSockets: false);
        poller.Arm(ArmLevel.Control);
        var sleeper = new Thread(() => poller.Sleep(s_long, programRuns: true));
        sleeper.Start();
        SpinUntil(() => poller.Counters.Sleeps == 1);

        Thread.Sleep(10);
        Assert.Equal(1, *_words.Awake);
        Doorbell.Ring(_words.Line, _words.EventFd);
        Assert.True(sleeper.Join(TimeSpan.FromSeconds(10)));
    }

    /// <summary>A real-time thread that begins wait after wait, and never sleeps, rests; one that has slept does not need to.</summary>
    [Fact]
    public void BeginWait_NeverSlept_Rests()
    {
        SemiPoller poller = _words.Poller(onSockets: false, new PollingOptions { RestEveryMicroseconds = 200, RestMicroseconds = 10 });
        Assert.Equal(0, poller.Counters.Rests);

        Deadline deadline = Deadline.After(10);
        while (poller.Counters.Rests < 3 && !deadline.HasPassed)
            poller.BeginWait();

        Assert.True(poller.Counters.Rests >= 3);
        Assert.Equal(0, poller.Counters.Sleeps);
    }

    /// <summary>A whole wait in vain: polls, then arms after the budget, and after a wake-up polls anew.</summary>
    [Fact]
    public void Pause_NothingComes_TellsToArm()
    {
        SemiPoller poller = _words.Poller(onSockets: false, new PollingOptions { WindowMicrosecondsMin = 1, WindowMicrosecondsMax = 50, BudgetMicroseconds = 100 });
        WaitState wait = poller.BeginWait();

        int passes = 0;
        while (!poller.Pause(ref wait))
            Assert.True(++passes < 100_000_000);
        poller.Arm(ArmLevel.Anything);
        poller.Sleep(TimeSpan.FromMilliseconds(1));
        poller.Disarm(ref wait);

        Assert.Equal(0u, _words.Line->Armed);
        Assert.True(passes > 0);
        Assert.Equal(passes + 1, poller.Counters.EmptyPolls);
        Assert.True(poller.Counters.PollingTicks > 0);
        Assert.False(poller.Pause(ref wait));       // a new window
    }

    [Fact]
    public void Reset_IsCounted()
    {
        SemiPoller poller = _words.Poller(onSockets: false);

        poller.Reset();

        Assert.Equal(1, poller.Counters.Resets);
    }

    private static void SpinUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20)));
}
