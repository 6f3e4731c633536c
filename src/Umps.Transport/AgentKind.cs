namespace Umps.Transport;

/// <summary>Which NIC agent carries the traffic of a pair of endpoints; chosen at first contact and kept.</summary>
public enum AgentKind
{
    /// <summary>No agent reaches the peer.</summary>
    None = 0,

    /// <summary>Shared memory: descriptors of units are handed over.</summary>
    Shm = 1,

    /// <summary>TCP: works everywhere, needs no privilege.</summary>
    Tcp = 2,

    /// <summary>Datagrams of UDP, made reliable here: runs everywhere, needs no privilege; the ground of what goes past the kernel's stack.</summary>
    Udp = 3,

    /// <summary>Ethernet frames through AF_PACKET sockets: read and written, or in mapped rings. Reaches other nodes on the same Ethernet; the node agent needs CAP_NET_RAW.</summary>
    Packet = 4,

    /// <summary>Ethernet frames through AF_XDP sockets, past the kernel's stack. Reaches other nodes on the same Ethernet; the node agent needs CAP_NET_RAW, CAP_NET_ADMIN and CAP_BPF.</summary>
    Xdp = 5,
}
