namespace Umps.Compare;

/// <summary>The class of a line's time.</summary>
internal static class LineClasses
{
    /// <summary>The bounds lie between the times that occur: about 27, 55 (to 85 on some hosts) and 240 ns. Null for a time that is not known.</summary>
    public static LineClass? Of(double nanoseconds) => nanoseconds <= 0 ? null : nanoseconds < 40 ? LineClass.S : nanoseconds < 120 ? LineClass.N : LineClass.F;
}
