using Umps.Transport;

namespace Umps.Protocols;

/// <summary>How a message crosses.</summary>
internal enum Protocol : byte
{
    /// <summary>Whole, with its header: inline in a ring slot, in units, or on the socket. The sender is done when it has gone.</summary>
    Eager,

    /// <summary>Announced; the receiver copies it from the sender's memory.</summary>
    Pull,

    /// <summary>Announced; the sender streams fragments into the receiver's buffer when asked.</summary>
    Push,

    /// <summary>To oneself: never enters the transport.</summary>
    Self,
}

/// <summary>(agent, bytes) → protocol, for one peer; filled at first contact.</summary>
/// <remarks>Synchronous sends, and messages for which there is no credit, are announced whatever their length.</remarks>
internal readonly record struct ProtocolTable(AgentKind Agent, bool IsSelf, int EagerBytesMax, bool CanCopyAcross)
{
    /// <summary>Looks at what the transport says of a peer.</summary>
    public static ProtocolTable Of(Endpoint endpoint, int peer) => peer == endpoint.Id
        ? new ProtocolTable(AgentKind.None, IsSelf: true, EagerBytesMax: -1, CanCopyAcross: true)
        : new ProtocolTable(endpoint.AgentOf(peer), IsSelf: false, endpoint.EagerBytesMax(peer), endpoint.CanCopyAcross(peer));

    /// <summary>The protocol of a message of this length.</summary>
    public Protocol Choose(long lengthBytes) =>
        IsSelf ? Protocol.Self : lengthBytes <= EagerBytesMax ? Protocol.Eager : CanCopyAcross ? Protocol.Pull : Protocol.Push;

    /// <inheritdoc/>
    public override string ToString() => IsSelf
        ? "self: any length in place or buffered"
        : $"{Agent}: eager up to {EagerBytesMax} bytes, then {(CanCopyAcross ? "pulled by the receiver" : "pushed as fragments")}";
}
