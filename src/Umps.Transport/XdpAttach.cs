namespace Umps.Transport;

/// <summary>Where the program that takes the frames of the xdp agent is attached.</summary>
public enum XdpAttach
{
    /// <summary>In the driver where that works and is the faster way; else in the network stack.</summary>
    Auto,

    /// <summary>In the driver.</summary>
    Native,

    /// <summary>In the network stack, behind the driver: with every driver.</summary>
    Generic,
}
