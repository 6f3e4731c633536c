namespace Umps.Transport.Interop;

/// <summary>The four rings of an AF_XDP socket.</summary>
internal enum XdpRingKind
{
    /// <summary>Descriptors of frames that have arrived.</summary>
    Rx,

    /// <summary>Descriptors of frames to be sent.</summary>
    Tx,

    /// <summary>Addresses of chunks to receive into.</summary>
    Fill,

    /// <summary>Addresses of chunks that have been sent.</summary>
    Completion,
}
