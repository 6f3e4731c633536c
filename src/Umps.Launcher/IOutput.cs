using System;
using System.Threading;

namespace Umps.Launcher;

/// <summary>Where the ranks' output and the launcher's own words go.</summary>
/// <remarks>Any thread may call. Calls of one thread come out in their order; a line is never mixed with another.</remarks>
internal interface IOutput
{
    /// <summary>Is cancelled when nobody reads stdout any more (<c>umpsrun … | head -1</c>): the job then ends, quietly.</summary>
    CancellationToken Closed => CancellationToken.None;

    /// <summary>A line of a rank, without its newline: any bytes, of any length, copied before the call returns.</summary>
    /// <remarks>Blocks while more than a set amount waits to be written, so that a reader who stops (a pager) stops the ranks, not memory. So never from the thread that watches the job.</remarks>
    void Line(int rank, bool isError, ReadOnlySpan<byte> line);

    /// <summary>Words of the launcher, to stderr, complete as they are (without the last newline). Never blocks.</summary>
    void Say(string launcherMessage);
}
