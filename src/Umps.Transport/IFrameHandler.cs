using System;

namespace Umps.Transport;

/// <summary>What the layer above does with arrivals; called inside <see cref="Endpoint.Poll{THandler}"/>, on the polling thread.</summary>
/// <remarks>Implemented by a struct, so that the agents' loops are compiled for it and the calls are direct.</remarks>
public interface IFrameHandler
{
    /// <summary>A whole message sent by <see cref="Endpoint.TrySend"/> has arrived, in the order of its sender.</summary>
    /// <param name="peer">Endpoint id of the sender.</param>
    /// <param name="header">Its header; valid during the call.</param>
    /// <param name="payload">Its payload; valid during the call unless held by <see cref="Arrival.Hold"/>.</param>
    void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload);

    /// <summary>A fragment (<see cref="Endpoint.TrySendFragment"/>) begins to arrive: says where its bytes go.</summary>
    /// <param name="peer">Endpoint id of the sender.</param>
    /// <param name="header">Its header.</param>
    /// <param name="lengthBytes">Length of the whole fragment.</param>
    /// <returns>Memory of exactly <paramref name="lengthBytes"/> that stays valid until <see cref="OnFragmentEnd"/>: the agent
    /// may fill it over several polls. Empty: the bytes are read and dropped.</returns>
    NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes);

    /// <summary>The fragment has been written whole.</summary>
    void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes);

    /// <summary>The peer is gone: its process ended or its connection broke. Called once a peer.</summary>
    /// <param name="peer">Endpoint id of the peer.</param>
    /// <param name="reason">What was seen, for the error's text.</param>
    void OnPeerLost(int peer, string reason);
}
