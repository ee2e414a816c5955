using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using ProbUNet.Models.Runtime;

namespace ProbUNet.Models.Tests.Runtime;

/// <summary>A TorchSharp scalar has a finalizer: one that nobody holds may be gone while a kernel still reads it. So none is made in passing.</summary>
public class HeldScalarsTests
{
    [Fact]
    public void NoNumber_BecomesAScalarThatNobodyHolds()
    {
        using var file = new PEReader(File.OpenRead(typeof(SegmentationModel).Assembly.Location));
        var reader = file.GetMetadataReader();
        var conversions = reader.MemberReferences.Where(handle => IsConversion(reader, reader.GetMemberReference(handle))).Select(handle => MetadataTokens.GetToken(handle)).ToHashSet();
        Assert.Empty(reader.MethodDefinitions.Select(reader.GetMethodDefinition)
            .Where(method => method.RelativeVirtualAddress != 0 && Calls(file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!, conversions))
            .Select(method => $"{reader.GetString(reader.GetTypeDefinition(method.GetDeclaringType()).Name)}.{reader.GetString(method.Name)}"));
    }

    private static bool IsConversion(MetadataReader reader, MemberReference member) =>
        reader.GetString(member.Name) == "op_Implicit" && member.Parent.Kind == HandleKind.TypeReference
        && reader.GetTypeReference((TypeReferenceHandle)member.Parent) is var type && reader.GetString(type.Name) == "Scalar" && reader.GetString(type.Namespace) == "TorchSharp";

    /// <summary>Whether the bytes of a call to one of the methods occur.</summary>
    private static bool Calls(byte[] code, HashSet<int> methods)
    {
        const byte Call = 0x28;
        for (var place = 0; place + 5 <= code.Length; place++)
            if (code[place] == Call && methods.Contains(BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(place + 1))))
                return true;
        return false;
    }
}
