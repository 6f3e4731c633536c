namespace Umps.Launcher;

/// <summary>What rank 0 reads on its standard input; all others read /dev/null.</summary>
internal enum InputSource
{
    /// <summary>umpsrun's own: the descriptor is passed on, so nothing is read that the rank does not read.</summary>
    Inherited,

    /// <summary>A pipe that the node agent fills with what umpsrun sends: for a terminal, which rank 0, in the background, may not read, and for other nodes.</summary>
    Sent,
}
