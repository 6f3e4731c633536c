using System;

namespace Umps.Transport;

/// <summary>What <see cref="UserAgent.Loop"/> does with an arrival.</summary>
/// <param name="sender">Endpoint id of the sender.</param>
/// <param name="bytes">The message, valid during the call; from a peer on the node it is read where it lies.</param>
/// <returns>True to go on, false to stop the loop.</returns>
public delegate bool ArrivalCallback(int sender, ReadOnlySpan<byte> bytes);
