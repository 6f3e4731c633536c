using System.Collections.Generic;
using MessagePack;

namespace Umps.Ranks.Scenarios;

/// <summary>Something with a text and a list. Public, for MessagePack makes its code at run time.</summary>
[MessagePackObject]
public sealed class Parcel
{
    /// <summary>Who sent it.</summary>
    [Key(0)]
    public int Sender { get; set; }

    /// <summary>A text beyond ASCII.</summary>
    [Key(1)]
    public string Note { get; set; } = "";

    /// <summary>Numbers.</summary>
    [Key(2)]
    public IReadOnlyList<int> Numbers { get; set; } = [];
}
