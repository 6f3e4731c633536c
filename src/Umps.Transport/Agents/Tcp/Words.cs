using System.Globalization;
using System.Runtime.InteropServices;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Tcp;

/// <summary>The sentences in which the agent says why a peer is gone; the layer above adds who says it.</summary>
internal static class Words
{
    public static string Left => $"UMPS{ErrorId.TcpLeft}: it has left the job";

    public static string Ended => $"UMPS{ErrorId.TcpBroken}: its connection was closed without a goodbye; its process has probably ended";

    public static string Broken(string call, Errno error) => $"UMPS{ErrorId.TcpBroken}: its connection is broken: {call}: {Text(error)}";

    public static string Silent(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"UMPS{ErrorId.TcpBroken}: its host has not answered for {seconds:0.#} s (Umps:Transport:Tcp:PeerTimeoutSeconds)");

    public static string Malformed(string what) => $"UMPS{ErrorId.TcpMalformed}: it sent what no endpoint sends: {what}";

    public static string Version(string address, uint theirs) => string.Create(CultureInfo.InvariantCulture,
        $"UMPS{ErrorId.TcpVersion}: at {address} it speaks version {theirs} of the wire format, this process version {TcpFrameHeader.LayoutVersion}. Run the same version of the library on all nodes.");

    public static string Unreachable(string attempts) => $"UMPS{ErrorId.TcpUnreachable}: no connection to it: {attempts}";

    /// <summary>ECONNRESET (Connection reset by peer).</summary>
    public static string Text(Errno error) => $"{error} ({Marshal.GetPInvokeErrorMessage((int)error)})";
}
