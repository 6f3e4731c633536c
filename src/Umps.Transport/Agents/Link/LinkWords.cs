using System.Globalization;

namespace Umps.Transport.Agents.Link;

/// <summary>The sentences in which a link agent says why a peer is gone; the layer above adds who says it.</summary>
internal static class LinkWords
{
    public static string Left => $"UMPS{ErrorId.LinkLeft}: it has left the job";

    public static string Refused => $"UMPS{ErrorId.LinkBroken}: nobody listens where it was; its process has probably ended";

    public static string Silent(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"UMPS{ErrorId.LinkBroken}: nothing has come from it for {seconds:0.#} s (Umps:Transport:Link:PeerTimeoutSeconds): its host is down, or the way to it");

    public static string Unreachable(string addresses) => $"UMPS{ErrorId.LinkUnreachable}: nobody listens at its addresses ({addresses})";

    public static string NoAddress(string list) => $"UMPS{ErrorId.LinkAddress}: the wire-up says of it \"{list}\", which is no list of addresses for this agent";

    public static string Version(int theirs) => string.Create(CultureInfo.InvariantCulture,
        $"UMPS{ErrorId.LinkVersion}: it speaks version {theirs} of the wire format, this process version {LinkFrameHeader.LayoutVersion}. Run the same version of the library on all nodes.");

    public static string Malformed(string what) => $"UMPS{ErrorId.LinkMalformed}: it sent what no endpoint sends: {what}";
}
