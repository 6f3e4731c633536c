using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Umps.Transport;

namespace Umps.Tests.Agents;

/// <summary>What an endpoint under test has received, in order.</summary>
public sealed class Recorder
{
    public List<Received> Messages { get; } = [];

    public List<(int Peer, string Reason)> Lost { get; } = [];

    /// <summary>Fragments put together, by Word0 of their header.</summary>
    public Dictionary<ulong, List<byte>> Transfers { get; } = [];

    /// <summary>Hold payloads instead of copying them.</summary>
    public bool Holds { get; set; }

    /// <summary>Do not keep fragments.</summary>
    public bool DropsFragments { get; set; }

    public int FragmentsEnded { get; private set; }

    internal nint Landing { get; set; }

    internal void BeginFragment(int lengthBytes) => Landing = Marshal.AllocHGlobal(lengthBytes);

    internal void EndFragment(ulong transfer, int lengthBytes)
    {
        FragmentsEnded++;
        if (Landing == 0)
            return;
        var bytes = new byte[lengthBytes];
        Marshal.Copy(Landing, bytes, 0, lengthBytes);
        Marshal.FreeHGlobal(Landing);
        Landing = 0;
        if (!Transfers.TryGetValue(transfer, out List<byte>? all))
            Transfers[transfer] = all = [];
        all.AddRange(bytes);
    }

    /// <summary>A message: its payload, or what holds it.</summary>
    public sealed record Received(int Peer, byte Kind, ulong Word0, uint Word1, uint Word2, byte[]? Bytes, HeldPayload Held);
}

/// <summary>Passes arrivals on to a <see cref="Recorder"/>.</summary>
public readonly struct RecordingHandler(Recorder to) : IFrameHandler
{
    public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload)
    {
        byte[]? bytes = null;
        HeldPayload held = default;
        if (to.Holds)
        {
            held = payload.Hold();
        }
        else
        {
            bytes = new byte[payload.LengthBytes];
            payload.CopyTo(bytes);
        }
        to.Messages.Add(new Recorder.Received(peer, header.Kind, header.Word0, header.Word1, header.Word2, bytes, held));
    }

    public NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes)
    {
        if (to.DropsFragments)
            return default;
        to.BeginFragment(lengthBytes);
        return new NativeSpan(to.Landing, lengthBytes);
    }

    public void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes) => to.EndFragment(header.Word0, lengthBytes);

    public void OnPeerLost(int peer, string reason) => to.Lost.Add((peer, reason));
}
