namespace Umps.Transport;

/// <summary>When the xdp agent puts its frames into datagrams of UDP, which routers pass on.</summary>
public enum EthernetEncapsulation
{
    /// <summary>For peers whose interface has no IP network in common with the own: a router stands between.</summary>
    Auto,

    /// <summary>For nobody: a pair with a router between uses its next agent.</summary>
    Never,

    /// <summary>For all peers: where switches pass on no EtherType that they do not know.</summary>
    Always,
}
