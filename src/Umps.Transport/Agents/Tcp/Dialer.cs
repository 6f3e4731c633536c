using System;
using System.Collections.Generic;
using System.Net;

namespace Umps.Transport.Agents.Tcp;

/// <summary>This side's attempts to connect to one peer: its addresses in turn, in rounds with growing patience.</summary>
/// <remarks>
/// An address that accepts but does not greet is given up only for the next one: the peer may be computing, and then every address of it is silent; so the next
/// round waits longer, without end. Addresses that refuse, or do not answer the kernel, end the rounds.
/// </remarks>
internal sealed class Dialer(IReadOnlyList<IPEndPoint> addresses, TcpOptions options)
{
    private const int RoundsMin = 3;
    private const int PauseMillisecondsMax = 1000;

    private readonly List<string> _failures = [];
    private readonly long _begun = Environment.TickCount64;
    private int _next;
    private int _round;
    private bool _anySilent, _anyTimedOut;

    /// <summary>The attempt under way.</summary>
    public Handshake? Current { get; set; }

    /// <summary>The address of the attempt under way.</summary>
    public IPEndPoint Address => addresses[_next - 1];

    /// <summary>When the next round begins; meaningful between rounds.</summary>
    public long RetryAt { get; private set; } = long.MaxValue;

    /// <summary>What went wrong in the last round.</summary>
    public string Failures => string.Join("; ", _failures);

    /// <summary>Milliseconds a connected peer may take to greet before another address is tried.</summary>
    public long GreetingMilliseconds => addresses.Count == 1 ? long.MaxValue : 1000L << Math.Min(_round, 8);

    /// <summary>The next address of this round.</summary>
    public bool TryNext()
    {
        RetryAt = long.MaxValue;
        if (_next == 0)
            _failures.Clear();
        if (_next == addresses.Count)
            return false;
        _next++;
        return true;
    }

    /// <summary>The attempt has failed.</summary>
    /// <param name="what">In words.</param>
    /// <param name="silent">It was accepted, and nothing came.</param>
    /// <param name="timedOut">There was no answer at all, or a passing trouble.</param>
    public void Note(string what, bool silent = false, bool timedOut = false)
    {
        _failures.Add($"{Address}: {what}");
        _anySilent |= silent;
        _anyTimedOut |= timedOut;
    }

    /// <summary>All addresses have failed: another round?</summary>
    /// <returns>False when the peer is to be given up.</returns>
    public bool TryBeginRound()
    {
        long now = Environment.TickCount64;
        bool patient = _anySilent || (_anyTimedOut && now - _begun < (long)(3000 * options.ConnectSecondsMax));
        if (addresses.Count == 0 || (_round + 1 >= RoundsMin && !patient))
            return false;
        RetryAt = now + Math.Min(50L << Math.Min(_round, 8), PauseMillisecondsMax);
        _round++;
        _next = 0;
        _anySilent = _anyTimedOut = false;
        return true;
    }
}
