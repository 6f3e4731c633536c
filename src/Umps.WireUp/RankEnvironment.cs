namespace Umps.WireUp;

/// <summary>The environment variables a rank is started with: identity, not configuration.</summary>
public static class RankEnvironment
{
    /// <summary>Rank in the world, 0 to size - 1.</summary>
    public const string Rank = "UMPS_RANK";

    /// <summary>Ranks in the world.</summary>
    public const string Size = "UMPS_SIZE";

    /// <summary>Rank among the ranks of this node.</summary>
    public const string LocalRank = "UMPS_LOCAL_RANK";

    /// <summary>Ranks on this node.</summary>
    public const string LocalSize = "UMPS_LOCAL_SIZE";

    /// <summary>The launcher's number of this node.</summary>
    public const string Node = "UMPS_NODE";

    /// <summary>Abstract Unix socket (without the leading NUL) on which the node agent awaits its ranks.</summary>
    public const string Join = "UMPS_JOIN";

    /// <summary>Hexadecimal token that tells the node agent which rank joins; good for one join. The job's secret itself is sent over the socket.</summary>
    public const string JoinToken = "UMPS_JOIN_TOKEN";

    /// <summary>Set when umpsrun's standard output is a terminal: lines that a rank writes are seen at once, and may hold a terminal's control sequences.</summary>
    public const string Terminal = "UMPS_TERMINAL";
}
