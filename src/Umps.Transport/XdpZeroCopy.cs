namespace Umps.Transport;

/// <summary>Whether the interface uses the xdp agent's memory itself.</summary>
public enum XdpZeroCopy
{
    /// <summary>Where its driver can; else the kernel copies.</summary>
    Auto,

    /// <summary>Or it is an error.</summary>
    Always,

    /// <summary>The kernel copies.</summary>
    Never,
}
