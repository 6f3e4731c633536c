using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace Umps.Transport;

/// <summary>A record of options: each public property that can be set is an option, or a group of its own. What may be configured is found by this alone.</summary>
/// <remarks>The annotation holds for every record that implements it, so that trimming and Native AOT keep the properties.</remarks>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.NonPublicProperties)]
internal interface IOptionGroup
{
    /// <summary>What is wrong with the values beyond their ranges (<see cref="OptionRangeAttribute"/>): a sentence each, without a full stop, that names the options whole.</summary>
    IEnumerable<string> Faults() => [];
}
