namespace Umps.Collectives.Shapes;

/// <summary>Ranks in a ring.</summary>
internal static class Ring
{
    /// <summary>The rank so many places up; the distance is at most once round.</summary>
    public static int Up(int rank, int distance, int size) => rank < size - distance ? rank + distance : rank - size + distance;

    /// <summary>The rank so many places down.</summary>
    public static int Down(int rank, int distance, int size) => rank >= distance ? rank - distance : rank - distance + size;
}
