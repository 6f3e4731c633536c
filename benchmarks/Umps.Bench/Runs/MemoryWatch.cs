using System;
using System.Globalization;
using System.IO;

namespace Umps.Bench;

/// <summary>Looks at this process's memory, and tells how much it has grown since it had settled.</summary>
internal sealed class MemoryWatch
{
    private const int PageBytes = 4096;

    private long _base = -1;

    /// <summary>Bytes in memory when last looked.</summary>
    public long Resident { get; private set; }

    /// <summary>Bytes above the highest that was seen before it had settled; 0 when it has shrunk.</summary>
    public long Growth { get; private set; }

    /// <summary>Looks; until it has settled, only the base moves.</summary>
    public void Look(bool isSettled)
    {
        // statm: size, resident, shared…; the node's shared mapping is of fixed length, and in time all of it is touched.
        string[] fields = File.ReadAllText("/proc/self/statm").Split(' ');
        Resident = (Number(fields[1]) - Number(fields[2])) * PageBytes;
        if (!isSettled || _base < 0)
            _base = Math.Max(_base, Resident);
        else
            Growth = Math.Max(Growth, Resident - _base);

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }
}
