using System;
using System.Linq;
using Umps.Testing;
using Umps.Transport.Agents.Link;
using Xunit;

namespace Umps.Tests.Agents.Link;

/// <summary>The two windows by themselves.</summary>
public sealed unsafe class WindowTests
{
    /// <summary>The last of some frames is lost: it is sent again after two round trips, and what its acknowledgement shows to be missing with it.</summary>
    [Fact]
    public void Send_TailIsLost_ProbeShowsIt()
    {
        SendWindow window = Sent(frames: 5);
        window.Acknowledge(2, default, 10_000, new int[256]);
        Assert.InRange(window.TimeoutAt, 500_000, 1_000_000);

        Assert.False(window.OnTimeout(window.TimeoutAt));
        Assert.Equal([4u], SendAll(window, 600_000));
        Assert.Equal(1, window.Acknowledge(2, [0b10], 610_000, new int[256]));

        Assert.Equal([2u, 3u], SendAll(window, 610_000));
    }

    [Fact]
    public void Token_DiffersByDirectionAndSecret()
    {
        byte[] secret = new byte[32];

        Assert.Equal(LinkToken.Of(secret, 0, 1), LinkToken.Of(secret, 0, 1));
        Assert.NotEqual(LinkToken.Of(secret, 0, 1), LinkToken.Of(secret, 1, 0));
        Assert.NotEqual(LinkToken.Of(secret, 0, 1), LinkToken.Of([.. new byte[31], 1], 0, 1));
    }

    [Fact]
    public void Send_NoEdge_NothingIsSent()
    {
        var window = new SendWindow();
        window.Append(unit: 7, lengthBytes: 100);
        window.Release();

        Assert.False(window.TryPeek(out _, out _, out _));
        window.RaiseEdge(1);
        Assert.True(window.TryPeek(out uint sequence, out int unit, out int length));
        Assert.Equal((0u, 7, 100), (sequence, unit, length));
    }

    [Fact]
    public void Send_AckOfWhatWasNotSent_IsRefused()
    {
        SendWindow window = Sent(frames: 3);
        window.Append(9, 9);
        window.Release();

        Assert.Equal(-1, window.Acknowledge(4, default, 10, new int[256]));
        Assert.Equal(-1, window.Acknowledge(1000, default, 10, new int[256]));
        Assert.Equal(3, window.Acknowledge(3, default, 10, new int[256]));
        Assert.Equal(0, window.Acknowledge(2, default, 10, new int[256]));
    }

    [Fact]
    public void Send_ThreeLaterOnesAreThere_IsLost()
    {
        SendWindow window = Sent(frames: 5);

        Assert.Equal(2, window.Acknowledge(0, [0b0011], 1000, new int[256]));
        Assert.False(window.TryPeek(out _, out _, out _));
        Assert.Equal(1, window.Acknowledge(0, [0b0111], 1000, new int[256]));

        Assert.True(window.TryPeek(out uint sequence, out _, out _));
        Assert.Equal(0u, sequence);
        Assert.True(window.OnSent(0, 1000));
        Assert.False(window.TryPeek(out _, out _, out _));
    }

    [Fact]
    public void Send_Timeout_FirstIsSentAgain_ItsAcknowledgementShowsTheOthers()
    {
        SendWindow window = Sent(frames: 5);
        window.Acknowledge(1, [0b01], 1000, new int[256]);      // 0 and 2
        long patience = window.Times.Patience;

        Assert.False(window.OnTimeout(500_000_000));
        Assert.Equal((patience, 500_000_000 + patience), (window.Times.Patience, window.TimeoutAt));
        Assert.Equal([4u], SendAll(window, 500_000_000));       // the probe
        Assert.True(window.OnTimeout(1_000_000_000));

        Assert.Equal(2 * patience, window.Times.Patience);
        Assert.Equal([1u], SendAll(window, 1_000_000_000));
        Assert.Equal(1, window.Acknowledge(3, default, 1_000_001_000, new int[256]));
        Assert.Equal([3u, 4u], SendAll(window, 1_000_002_000).Order());
        Assert.Equal(2, window.Acknowledge(5, default, 1_000_003_000, new int[256]));
        Assert.Equal((0, long.MaxValue), (window.Count, window.TimeoutAt));
    }

    /// <summary>Sender and receiver windows against each other, through the wrap of the counters, frames lost at will.</summary>
    [Fact]
    public void Both_ManyFramesAndLosses_EachOnce() => Seeds.Run(5, seed =>
    {
        var random = new Random(seed);
        var send = new SendWindow();
        var receive = new ReceiveWindow();
        int[] done = new int[256];
        ulong[] bitmap = new ulong[LinkFrameHeader.BitmapWords];
        long now = 0;
        int made = 0, retired = 0, delivered = 0;
        byte something = 0;
        while (retired < 5000)
        {
            now += 10_000;
            for (int i = random.Next(20); i > 0 && send.Room > 0 && made < 5000; i--)
                send.Append(made++, 1);
            send.Release();
            send.RaiseEdge(receive.Expected + 100);
            while (send.TryPeek(out uint sequence, out int unit, out _))
            {
                send.OnSent(sequence, now);
                Assert.Equal((int)sequence, unit);
                if (random.Next(5) == 0)
                    continue;
                switch (receive.PlaceOf(sequence))
                {
                    case FramePlace.Next:
                        receive.Advance();
                        delivered++;
                        while (receive.TryTakeKept(out ReceiveWindow.KeptFrame kept))
                            Assert.Equal(delivered++, kept.Token);
                        break;
                    case FramePlace.Early:
                        receive.Keep(sequence, &something, 1, unit);
                        break;
                    case FramePlace.Outside:
                        Assert.Fail($"{sequence} is outside where {receive.Expected} is expected");
                        break;
                }
            }
            if (random.Next(3) > 0)
            {
                int words = receive.WriteBitmap(bitmap);
                int units = send.Acknowledge(receive.Expected, bitmap.AsSpan(0, words), now, done);
                Assert.True(units >= 0);
                retired += units;
            }
            if (now >= send.TimeoutAt)
                send.OnTimeout(now);
        }

        Assert.Equal(5000, delivered);
        Assert.Equal((0, 0, 0), (send.Count, send.UnderWay, receive.Kept));
    });

    [Fact]
    public void Send_Unbound_AllAreSentAgainInOrder()
    {
        SendWindow window = Sent(frames: 3);
        for (int i = 3; i < 200; i++)
            window.Append(i, 10);

        window.Unbind();

        Assert.Equal(Enumerable.Range(0, 200).Select(i => (uint)i), SendAll(window, 10));
    }

    private static uint[] SendAll(SendWindow window, long now)
    {
        var sent = new System.Collections.Generic.List<uint>();
        while (window.TryPeek(out uint sequence, out _, out _))
        {
            window.OnSent(sequence, now);
            sent.Add(sequence);
        }
        return [.. sent];
    }

    private static SendWindow Sent(int frames)
    {
        var window = new SendWindow();
        window.RaiseEdge(100);
        for (int i = 0; i < frames; i++)
            window.Append(i, 10);
        window.Release();
        while (window.TryPeek(out uint sequence, out _, out _))
            window.OnSent(sequence, 0);
        return window;
    }
}
