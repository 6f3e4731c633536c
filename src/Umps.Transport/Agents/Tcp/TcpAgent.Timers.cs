using System;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Tcp;

/// <summary>Deadlines: one timer in the epoll set, set to the earliest, so that a sleeper wakes for it.</summary>
internal sealed unsafe partial class TcpAgent
{
    private readonly int _timer = -1;
    private long _timerAt = long.MaxValue;
    private long _healthCheckAt = long.MaxValue;

    private long HealthCheckMilliseconds => (long)(1000 * Options.PeerTimeoutSeconds / 4);

    private void Schedule(long at)
    {
        if (at >= _timerAt)
            return;
        _timerAt = at;
        Linux.SetTimer(_timer, Math.Max(1, at - Environment.TickCount64));
    }

    private void ScheduleHealthCheck()
    {
        if (_healthCheckAt != long.MaxValue)
            return;
        _healthCheckAt = Environment.TickCount64 + HealthCheckMilliseconds;
        Schedule(_healthCheckAt);
    }

    private void RunTimers()
    {
        long now = Environment.TickCount64, next = long.MaxValue;
        _timerAt = long.MaxValue;
        Linux.SetTimer(_timer, 0);
        if (_acceptPaused)
        {
            PauseAccepting(false);      // if nothing has changed the next connection pauses it again
            next = now + 100;
        }
        if (now >= _healthCheckAt)
        {
            _healthCheckAt = long.MaxValue;
            CheckHealth();
        }
        for (int i = _handshakes.Count - 1; i >= 0 && _handshakes.Count > 0; i--)
        {
            if (i < _handshakes.Count && _handshakes[i] is { } handshake && now >= handshake.Deadline)
                Expire(handshake);
        }
        for (int i = _redialing.Count - 1; i >= 0; i--)
        {
            TcpPeer peer = _redialing[i];
            if (peer.State == TcpPeerState.Connecting && now < peer.Dialer!.RetryAt)
                continue;
            _redialing.RemoveAt(i);
            if (peer.State == TcpPeerState.Connecting)
                DialNext(peer);
        }
        foreach (Handshake handshake in _handshakes)
            next = Math.Min(next, handshake.Deadline);
        foreach (TcpPeer peer in _redialing)
            next = Math.Min(next, peer.Dialer!.RetryAt);
        next = Math.Min(next, _healthCheckAt);
        if (next != long.MaxValue)
            Schedule(next);
    }

    private void Expire(Handshake handshake)
    {
        switch (handshake.Stage)
        {
            case HandshakeStage.AwaitClaim:
                Counters.StrangersDropped++;
                Drop(handshake);
                break;
            case HandshakeStage.AwaitGreeting:
                Fail(handshake, "accepted, but has not greeted yet", silent: true);
                break;
            case HandshakeStage.Connecting:
                Fail(handshake, "no answer in time (ETIMEDOUT)", timedOut: true);
                break;
        }
    }

    /// <summary>Looks for hosts that do not answer any more: pulled cables, power cuts.</summary>
    /// <remarks>
    /// Idle connections are the kernel's keep-alive's. With data under way it would try for a quarter of an hour, and TCP_USER_TIMEOUT is no way out: it also breaks
    /// the connection to a peer that lives and only does not read (window zero), which a rank that computes may do for long. So this looks itself: such a
    /// peer's kernel acknowledges, a dead host's does not.
    /// </remarks>
    private void CheckHealth()
    {
        long limit = (long)(1000 * Options.PeerTimeoutSeconds);
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            TcpPeer peer = _open[i];
            if (Linux.TryGetTcpHealth(peer.Descriptor, out TcpHealth health) && health.LastAckMilliseconds >= limit
                && ((health.UnackedSegments > 0 && health.Retransmits > 0) || health.Probes >= 3))
                peer.Lose(Words.Silent(health.LastAckMilliseconds / 1000.0));
        }
        if (_open.Count > 0)
            ScheduleHealthCheck();
    }
}
