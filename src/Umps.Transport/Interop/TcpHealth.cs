namespace Umps.Transport.Interop;

/// <summary>What TCP_INFO tells of the other host.</summary>
/// <param name="Retransmits">Times in a row that unacknowledged data were sent anew.</param>
/// <param name="Probes">Window probes without an answer.</param>
/// <param name="UnackedSegments">Segments under way. A peer that does not read (window zero) has none: its kernel acknowledged all it was sent.</param>
/// <param name="LastAckMilliseconds">Since an acknowledgement came.</param>
internal readonly record struct TcpHealth(int Retransmits, int Probes, int UnackedSegments, uint LastAckMilliseconds);
