using System;
using Umps.Transport.Agents;
using Umps.Transport.Interop;

namespace Umps.Transport;

/// <summary>Bursts of small messages to peers on other nodes: gathered into one write, for an owner that looks after them.</summary>
public sealed unsafe partial class Endpoint
{
    private const int NapMicroseconds = 200;

    /// <summary>From now on messages of a burst may stay in this process for a short while. The caller promises that a thread of its own looks at
    /// <see cref="HasOldGathered"/> every so often (<see cref="Nap"/>) as long as there is something gathered, and calls <see cref="FlushGathered"/>.</summary>
    internal void AllowGathering()
    {
        foreach (ISocketAgent agent in _sockets)
            agent.AllowGathering();
    }

    /// <summary>All that has not left this process (<see cref="HasUnsent"/>) are gathered messages, and there are some.</summary>
    internal bool HasOnlyGathered
    {
        get
        {
            bool some = false;
            foreach (ISocketAgent agent in _sockets)
            {
                if (!agent.HasUnsent)
                    continue;
                some = true;
                if (!agent.HasOnlyGathered)
                    return false;
            }
            return some;
        }
    }

    /// <summary>Gathered messages have waited long enough. From any thread.</summary>
    internal bool HasOldGathered
    {
        get
        {
            foreach (ISocketAgent agent in _sockets)
            {
                if (agent.HasOldGathered)
                    return true;
            }
            return false;
        }
    }

    /// <summary>Messages of a burst wait for more. From any thread.</summary>
    internal bool HasGathered
    {
        get
        {
            foreach (ISocketAgent agent in _sockets)
            {
                if (agent.HasGathered)
                    return true;
            }
            return false;
        }
    }

    /// <summary>The program leaves a call, and may not come back for long: acknowledgements that would then be late leave, where they have been before.</summary>
    internal void EndCall()
    {
        foreach (ISocketAgent agent in _sockets)
            agent.EndCall();
    }

    /// <summary>What was gathered leaves.</summary>
    internal void FlushGathered()
    {
        foreach (ISocketAgent agent in _sockets)
            agent.FlushGathered();
    }

    /// <summary>Sleeps for as long as gathered messages may wait, or some times as long. From any thread.</summary>
    internal static void Nap(int times = 1)
    {
        uint word = 0;
        Linux.FutexWait(&word, 0, TimeSpan.FromMicroseconds(times * NapMicroseconds));
    }
}
