//+------------------------------------------------------------------+
//| CFileBin: a file of bytes, numbers and structures.               |
//+------------------------------------------------------------------+
#include "File.mqh"

class CFileBin : public CFile
  {
public:
   int               Open(const string file_name, const int open_flags) { return(CFile::Open(file_name, open_flags | FILE_BIN)); }
   uint              WriteChar(const char value) { return(FileWriteInteger(m_handle, value, CHAR_VALUE)); }
   uint              WriteShort(const short value) { return(FileWriteInteger(m_handle, value, SHORT_VALUE)); }
   uint              WriteInteger(const int value) { return(FileWriteInteger(m_handle, value, INT_VALUE)); }
   uint              WriteLong(const long value) { return(FileWriteLong(m_handle, value)); }
   uint              WriteFloat(const float value) { return(FileWriteFloat(m_handle, value)); }
   uint              WriteDouble(const double value) { return(FileWriteDouble(m_handle, value)); }
   uint              WriteString(const string value)
     {
      int size = StringLen(value);
      FileWriteInteger(m_handle, size, INT_VALUE);
      return(FileWriteString(m_handle, value, size));
     }
   uint              WriteString(const string value, const int size) { return(FileWriteString(m_handle, value, size)); }
   template<typename T>
   uint              WriteArray(T &array[], const int start_item = 0, const int items_count = -1) { return(FileWriteArray(m_handle, array, start_item, items_count)); }
   template<typename T>
   uint              WriteStruct(T &data) { return(FileWriteStruct(m_handle, data)); }
   bool              WriteObject(CObject *object) { return(CheckPointer(object) != POINTER_INVALID && object.Save(m_handle)); }
   bool              ReadChar(char &value) { return(Read(value, CHAR_VALUE)); }
   bool              ReadShort(short &value) { return(Read(value, SHORT_VALUE)); }
   bool              ReadInteger(int &value) { return(Read(value, INT_VALUE)); }
   bool              ReadLong(long &value)
     {
      ResetLastError();
      value = FileReadLong(m_handle);
      return(GetLastError() == 0);
     }
   bool              ReadFloat(float &value)
     {
      ResetLastError();
      value = FileReadFloat(m_handle);
      return(GetLastError() == 0);
     }
   bool              ReadDouble(double &value)
     {
      ResetLastError();
      value = FileReadDouble(m_handle);
      return(GetLastError() == 0);
     }
   bool              ReadString(string &value)
     {
      int size = 0;
      return(ReadInteger(size) && ReadString(value, size));
     }
   bool              ReadString(string &value, const int size)
     {
      ResetLastError();
      value = FileReadString(m_handle, size);
      return(GetLastError() == 0);
     }
   template<typename T>
   uint              ReadArray(T &array[], const int start_item = 0, const int items_count = -1) { return(FileReadArray(m_handle, array, start_item, items_count)); }
   template<typename T>
   uint              ReadStruct(T &data) { return(FileReadStruct(m_handle, data)); }
   bool              ReadObject(CObject *object) { return(CheckPointer(object) != POINTER_INVALID && object.Load(m_handle)); }

private:
   template<typename T>
   bool              Read(T &value, const int size)
     {
      ResetLastError();
      value = (T)FileReadInteger(m_handle, size);
      return(GetLastError() == 0);
     }
  };
