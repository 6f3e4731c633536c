using System;
using Umps.Transport;

namespace Umps.Progress;

/// <summary>How a thread goes to sleep, on the doorbell or on a word of its own: arming, the third look (decision 0098), being called.</summary>
internal sealed partial class ProgressEngine
{
    /// <summary>Sleeps on the doorbell, armed. Armed for anything, it looks again, still armed, after a short sleep (<see cref="Endpoint.FirstSleep"/>).</summary>
    /// <returns>True when another thread was inside the gate at the end of the sleep.</returns>
    private bool SleepOnDoorbell(Waiter me, TimeSpan sleepMax, ref WaitState wait)
    {
        _sleeper = me;
        bool looksAgain = _armed == ArmLevel.Anything && _endpoint.LooksAgain(sleepMax);
        bool isAttended = SleepWithoutGate(me, looksAgain ? Endpoint.FirstSleep : sleepMax);
        if (looksAgain && !_sleeperCalled && _endpoint.IsToBeRung && Pass() == 0)
            isAttended = SleepWithoutGate(me, sleepMax);
        _sleeper = null;
        _sleeperCalled = false;
        Disarm(ref wait);
        return isAttended;
    }

    private bool SleepWithoutGate(Waiter me, TimeSpan sleepMax)
    {
        _gate.Leave();
        _endpoint.Sleep(sleepMax, programRuns: _helper.Is(me));
        bool isAttended = _gate.IsEntered;
        _gate.Enter();
        return isAttended;
    }

    /// <summary>Wakes the sleeper, or keeps it from falling asleep if it is about to.</summary>
    private void CallSleeper()
    {
        if (_sleeper is null)
            return;
        _sleeperCalled = true;
        _endpoint.RingOwnDoorbell();
    }

    /// <summary>Sleeps until signalled.</summary>
    /// <returns>False when the time was over.</returns>
    private bool Block(Waiter me, TimeSpan sleepMax)
    {
        me.Prepare();
        _blocked.Add(me);
        _gate.Leave();
        me.Park(sleepMax);
        _gate.Enter();
        bool isSignalled = !me.IsListed;
        _blocked.Remove(me);
        return isSignalled;
    }

    /// <summary>Sleeps until signalled, having armed for the thread that sleeps on the doorbell: as that one would, it looks again after a short sleep.</summary>
    private void BlockArmed(Waiter me, TimeSpan sleepMax)
    {
        bool looksAgain = _armed == ArmLevel.Anything && _endpoint.LooksAgain(sleepMax);
        if (!looksAgain || (!Block(me, Endpoint.FirstSleep) && _endpoint.IsToBeRung && !_core.IsFaulted && !me.IsCancelled && Pass() == 0))
            Block(me, sleepMax);
    }

    private ArmLevel LevelNeeded()
    {
        if (_blocked.First is not null || _awaited > 0 || HasOutgoing || (_sleeper is not null && !_helper.Is(_sleeper)))
            return ArmLevel.Anything;
        return _outstanding > 0 ? ArmLevel.Control : ArmLevel.Nothing;
    }

    private void Arm(ArmLevel level)
    {
        _endpoint.Arm(level);
        _armed = level;
    }

    private void Disarm(ref WaitState wait)
    {
        _endpoint.Disarm(ref wait);
        _armed = ArmLevel.Nothing;
    }

    /// <summary>Arms for the thread that is asleep already, for what steers transfers, and looks once more; if there is no end of arrivals, that thread sees to them.</summary>
    /// <remarks>A pass that has met fewer messages than it takes of one peer has seen every ring empty after the arming; what has come since has rung.</remarks>
    private void ArmForSleeper()
    {
        Arm(ArmLevel.Control);
        for (int i = 0; i < 3; i++)
        {
            if (Pass() < Endpoint.MessagesAPass)
                return;
        }
        CallSleeper();
    }
}
