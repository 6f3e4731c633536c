using System.Diagnostics.CodeAnalysis;

namespace Umps.Transport;

/// <summary>A record of options: each property that can be set is an option, or a group of its own. What a program may configure is found by this alone.</summary>
/// <remarks>The annotation holds for every record that implements it, so that trimming and Native AOT keep the properties.</remarks>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
internal interface IOptionGroup;
