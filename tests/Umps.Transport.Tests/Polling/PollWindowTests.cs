using System;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Polling;
using Xunit;

namespace Umps.Tests.Polling;

/// <summary>Window, threshold and budget under a simulated clock: a tick is a microsecond.</summary>
public sealed class PollWindowTests
{
    private static readonly PollingOptions s_options = new() { WindowMicrosecondsMin = 10, WindowMicrosecondsMax = 100, BudgetMicroseconds = 200, LateYieldMicroseconds = 500 };
    private readonly PollWindow _window = new(s_options, 1_000_000);
    private long _now = 1000;

    [Fact]
    public void Decide_NothingComes_SpinsForTheWindowYieldsForTheBudgetThenArms()
    {
        WaitState wait = default;

        (long spun, long yielded) = WaitInVain(ref wait, crowded: false);

        Assert.InRange(spun, 99, 101);
        Assert.InRange(yielded, 99, 101);
    }

    [Fact]
    public void Decide_Crowded_YieldsAtOnce()
    {
        WaitState wait = default;

        (long spun, long yielded) = WaitInVain(ref wait, crowded: true);

        Assert.Equal(0, spun);
        Assert.InRange(yielded, 199, 201);
    }

    /// <summary>Long waits on an oversubscribed node: sleep at once. As soon as they are short again, poll.</summary>
    [Fact]
    public void Decide_OversubscribedAndLongGaps_ArmsAtOnceUntilGapsAreShort()
    {
        for (int i = 0; i < 20; i++)
            Sleep(3000);
        WaitState wait = default;

        PollStep longGaps = _window.Decide(ref wait, _now, crowded: false, oversubscribed: true);
        for (int i = 0; i < 20; i++)
            Sleep(10);
        wait = default;
        PollStep shortGaps = _window.Decide(ref wait, _now, crowded: true, oversubscribed: true);

        Assert.Equal(PollStep.Arm, longGaps);
        Assert.Equal(PollStep.Yield, shortGaps);

        void Sleep(long gap)
        {
            WaitState asleep = default;
            _window.Decide(ref asleep, _now, crowded: false, oversubscribed: true);
            _window.Woke(ref asleep, _now += gap);
        }
    }

    [Fact]
    public void Decide_TwoYieldsCameBackLate_ArmsAtOnceAndSoDoWaitsThatFollow()
    {
        WaitState wait = default;
        Assert.Equal(PollStep.Yield, _window.Decide(ref wait, _now, crowded: true));

        Yield(ref wait, 501);
        wait = default;
        Assert.Equal(PollStep.Yield, _window.Decide(ref wait, _now, crowded: true));     // one alone may be an accident
        Yield(ref wait, 501);

        Assert.Equal(PollStep.Arm, _window.Decide(ref wait, _now, crowded: true));
        WaitState next = default;
        Assert.Equal(PollStep.Arm, _window.Decide(ref next, _now + 9_000, crowded: true));
        next = default;
        Assert.Equal(PollStep.Yield, _window.Decide(ref next, _now + 10_001, crowded: true));
    }

    [Fact]
    public void Yielded_LateAgain_RemembersTwiceAsLong()
    {
        WaitState first = default;
        _window.Decide(ref first, _now, crowded: true);
        Yield(ref first, 4000);
        for (int i = 0; i < 2; i++)
        {
            WaitState wait = default;
            _window.Decide(ref wait, _now, crowded: true);
            Yield(ref wait, 4000);
            _now += i == 0 ? 10_001 : 0;
        }

        WaitState next = default;
        Assert.Equal(PollStep.Arm, _window.Decide(ref next, _now + 19_000, crowded: true));
        next = default;
        Assert.Equal(PollStep.Yield, _window.Decide(ref next, _now + 20_001, crowded: true));
    }

    [Fact]
    public void Yielded_SomebodyTookIt_YieldsAtOnceUntilOneIsInVain()
    {
        WaitState wait = default;
        _window.Decide(ref wait, _now, crowded: false);
        Yield(ref wait, 1);
        Yield(ref wait, 3);

        Assert.Equal(PollStep.Yield, _window.Decide(ref wait, _now, crowded: false));
        Yield(ref wait, 1);
        Assert.Equal(PollStep.Spin, _window.Decide(ref wait, _now, crowded: false));
    }

    [Fact]
    public void Decide_PreemptedWhileItSpun_Yields()
    {
        WaitState wait = default;
        Assert.Equal(PollStep.Spin, _window.Decide(ref wait, _now, crowded: false));

        Assert.Equal(PollStep.Arm, _window.Decide(ref wait, _now + 600, crowded: false));     // past the budget, too
        wait = default;
        var patient = new PollWindow(s_options with { BudgetMicroseconds = 10_000, WindowMicrosecondsMax = 5_000 }, 1_000_000);
        patient.Decide(ref wait, _now, crowded: false);
        Assert.Equal(PollStep.Yield, patient.Decide(ref wait, _now + 600, crowded: false));
    }

    [Fact]
    public void Decide_ArrivalsReachTheThreshold_AnotherWindowBegins()
    {
        var window = new PollWindow(s_options with { ThresholdArrivals = 3 }, 1_000_000);
        WaitState wait = default;
        window.Decide(ref wait, _now, crowded: false);
        for (int i = 0; i < 3; i++)
            window.Arrived(ref wait);

        Assert.NotEqual(PollStep.Arm, window.Decide(ref wait, _now + 250, crowded: false));

        window.Arrived(ref wait);           // one only: under the threshold
        Assert.Equal(PollStep.Arm, window.Decide(ref wait, _now + 500, crowded: false));
    }

    /// <summary>Of a real-time rank: arrivals renew the window, but not without end.</summary>
    [Fact]
    public void Decide_PollMaxReached_ArmsWhateverArrives()
    {
        var window = new PollWindow(s_options with { PollMicrosecondsMax = 300 }, 1_000_000);
        WaitState wait = default;
        for (long now = 1000; now < 1300; now += 10)
        {
            Assert.NotEqual(PollStep.Arm, window.Decide(ref wait, now, crowded: false));
            window.Arrived(ref wait);
        }

        Assert.Equal(PollStep.Arm, window.Decide(ref wait, 1300, crowded: false));
        window.Woke(ref wait, 1310);
        Assert.NotEqual(PollStep.Arm, window.Decide(ref wait, 1310, crowded: false));
    }

    [Theory]
    [InlineData(1, 10)]         // four gaps are less than the minimum
    [InlineData(20, 80)]        // four gaps
    [InlineData(60, 100)]       // four gaps are more than the maximum, one is not
    [InlineData(150, 10)]       // out of reach: not worth spinning for
    public void Arrived_GapsOfOneLength_WindowFollows(long gap, long expected)
    {
        for (int i = 0; i < 100; i++)
        {
            WaitState wait = default;
            _window.Decide(ref wait, _now, crowded: false);
            _window.Decide(ref wait, _now + gap, crowded: false);
            _window.Arrived(ref wait);
            _now += gap;
        }

        Assert.InRange(_window.WindowTicks, Math.Max(10, expected - 40), expected + 10);
    }

    [Fact]
    public void Woke_SleepsOfMilliseconds_WindowClosesToItsMinimum()
    {
        for (int i = 0; i < 20; i++)
        {
            WaitState wait = default;
            _window.Decide(ref wait, _now, crowded: false);
            _window.Woke(ref wait, _now += 5000);
        }

        Assert.Equal(10, _window.WindowTicks);
    }

    /// <summary>Whatever comes when: the window keeps its bounds, and without arrivals nothing polls longer than budget and window say.</summary>
    [Fact]
    public void Decide_RandomTraffic_NeverPollsBeyondItsBudget() => Seeds.Run(5, seed =>
    {
        var random = new Random(seed);
        var window = new PollWindow(s_options, 1_000_000);
        long now = 1;
        WaitState wait = default;
        long sinceArrival = now;
        bool late = false;
        int lates = 0;
        for (int i = 0; i < 20_000; i++)
        {
            PollStep step = window.Decide(ref wait, now, random.Next(4) == 0);
            Assert.InRange(window.WindowTicks, 10, 100);
            Assert.False(late && step != PollStep.Arm, "polls on after two late yields");
            if (step == PollStep.Arm)
            {
                window.Woke(ref wait, now += random.Next(3000));
                late = false;
                sinceArrival = now;
                continue;
            }
            // The window may have begun just before the last arrival, and is then renewed once.
            Assert.True(now - sinceArrival <= 400, $"step {i}: polls for {now - sinceArrival} µs");
            long before = now;
            now += random.Next(30) == 0 ? random.Next(1000) : 1;
            if (step == PollStep.Yield)
            {
                window.Yielded(ref wait, before, now);
                lates = now - before > 500 ? lates + 1 : 0;
                late = lates >= 2;
            }
            else if (now - before > 100)
            {
                sinceArrival += now - before;       // nobody asked in between
            }
            if (step == PollStep.Yield && now - before > 100)
                sinceArrival += now - before;
            if (random.Next(200) == 0 && !late)
            {
                window.Arrived(ref wait);
                sinceArrival = now;
            }
        }
    });

    /// <summary>Several yields between two looks at the clock: late by the whole of them, with an allowance for each, and from then on one at a time.</summary>
    [Fact]
    public void Yielded_SeveralAtOnce_AreLateTogetherAndThenTakenOneByOne()
    {
        WaitState wait = default;
        int atOnce = _window.YieldsAtOnce;

        _window.Yielded(ref wait, _now, _now + 600, atOnce);
        int afterSlow = _window.YieldsAtOnce;
        _window.Yielded(ref wait, _now, _now + 2000, atOnce);
        int afterLate = _window.YieldsAtOnce;
        _window.Yielded(ref wait, _now, _now + 501, afterLate);

        Assert.True(atOnce > 1, "a look at the clock for each yield");
        Assert.Equal(atOnce, afterSlow);
        Assert.Equal(1, afterLate);
        Assert.True(wait.YieldedLate, "two late ones in a row were not believed");
    }

    [Fact]
    public void YieldsAtFirst_SomebodyComputes_NoneUntilThatIsForgotten()
    {
        WaitState wait = default;
        int before = _window.YieldsAtFirst(_now);

        Yield(ref wait, 501);
        Yield(ref wait, 501);

        Assert.True(before > 0, "nothing was known");
        Assert.Equal(0, _window.YieldsAtFirst(_now + 9_000));
        Assert.Equal(before, _window.YieldsAtFirst(_now + 10_001));
    }

    [Fact]
    public void YieldsAtFirst_LongWaits_NoneUntilWaitsAreShort()
    {
        for (int i = 0; i < 20; i++)
        {
            WaitState asleep = default;
            _window.Decide(ref asleep, _now, crowded: true, oversubscribed: true);
            _window.Woke(ref asleep, _now += 10_000);
        }
        int afterLong = _window.YieldsAtFirst(_now);
        for (int i = 0; i < 20; i++)
            _window.CameWhileYielding(5);

        Assert.Equal(0, afterLong);
        Assert.True(_window.YieldsAtFirst(_now) > 0, "short waits were not learnt");
    }

    private void Yield(ref WaitState wait, long took)
    {
        _window.Yielded(ref wait, _now, _now + took);
        _now += took;
    }

    /// <summary>Alone on its node: most waits longer than the longest window, and it sleeps at its first look; short ones, and it spins again. What has ended a sleep is no short wait.</summary>
    [Fact]
    public void Decide_AloneAndLongWaits_ArmsAtOnceUntilWaitsAreShort()
    {
        var window = new PollWindow(s_options, 1_000_000, isAlone: true);
        for (int i = 0; i < 20; i++)
        {
            WaitState asleep = default;
            window.Decide(ref asleep, _now, crowded: false);
            window.Woke(ref asleep, _now += 250);
            window.Arrived(ref asleep);
        }
        WaitState wait = default;

        PollStep longWaits = window.Decide(ref wait, _now, crowded: false);
        for (int i = 0; i < 20; i++)
        {
            wait = default;
            window.Arrived(ref wait);
        }
        PollStep shortWaits = window.Decide(ref wait, _now, crowded: false);

        Assert.Equal(PollStep.Arm, longWaits);
        Assert.Equal(PollStep.Spin, shortWaits);
    }

    /// <summary>Nobody of its node could run instead: at the window's end it sleeps, and does not yield.</summary>
    [Fact]
    public void Decide_AloneAndNothingComes_SpinsForTheWindowThenArms()
    {
        var window = new PollWindow(s_options, 1_000_000, isAlone: true);
        WaitState wait = default;

        int spun = 0;
        while (window.Decide(ref wait, _now++, crowded: false) == PollStep.Spin)
            spun++;

        Assert.InRange(spun, 99, 101);
        Assert.Equal(PollStep.Arm, window.Decide(ref wait, _now, crowded: false));
    }

    private (long Spun, long Yielded) WaitInVain(ref WaitState wait, bool crowded)
    {
        long spun = 0, yielded = 0;
        while (true)
        {
            switch (_window.Decide(ref wait, _now, crowded))
            {
                case PollStep.Spin:
                    spun++;
                    _now++;
                    break;
                case PollStep.Yield:
                    yielded++;
                    Yield(ref wait, 1);
                    break;
                default:
                    return (spun, yielded);
            }
            Assert.True(spun + yielded < 100_000);
        }
    }
}
