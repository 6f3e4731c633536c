namespace Umps.Compare;

/// <summary>What lies between the two processors at the moment, as the line's time tells.</summary>
internal enum LineClass
{
    /// <summary>About 27 ns: presumably two hyperthreads of one core.</summary>
    S,

    /// <summary>About 55 ns: presumably two cores under one last-level cache.</summary>
    N,

    /// <summary>About 240 ns: presumably two last-level caches.</summary>
    F,

    /// <summary>The measure does not depend on it.</summary>
    Any,
}
